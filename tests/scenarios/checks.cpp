#include "tests/scenarios/checks.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace cursus {

namespace {

using Copies =
    std::map<std::pair<std::string, std::string>, std::vector<const Delivery*>>;  // by token, recipient

Copies copies_of(const Accounts& accounts) {
    Copies copies;
    for (const auto& delivery : accounts.deliveries)
        copies[{delivery.token, delivery.recipient}].push_back(&delivery);
    for (auto& [whose, found] : copies) std::ranges::sort(found, {}, &Delivery::began);
    return copies;
}

// Distinct notifications, however often each arrived.
std::size_t notices_of(const Accounts& accounts, const std::string& token, const std::string& recipient,
                       std::string_view action) {
    std::set<std::string> notifications;
    for (const auto& notice : accounts.notices) {
        if (notice.token == token && notice.recipient == recipient && notice.action == action) {
            notifications.insert(notice.notification);
        }
    }
    return notifications.size();
}

std::string to_lf(std::string text) {
    std::erase(text, '\r');
    return text;
}

void check_text(const Delivery& delivery, const std::string& sent, Failures& failures) {
    const bool is_whole =
        delivery.is_local ? delivery.text.ends_with(to_lf(sent)) : delivery.text.ends_with(sent);
    if (!is_whole) failures.push_back(delivery.token + " arrived changed at " + delivery.recipient);
}

// An operator's doing: itself, or all that lead to it before they were looked up.
bool may_be_gone(const HoldBook& holds, const std::string& token, const std::string& recipient,
                 const std::vector<std::string>& named) {
    return holds.may_be_gone(token, recipient) ||
           std::ranges::all_of(named, [&](const auto& name) { return holds.may_be_gone(token, name); });
}

void check_ending(const Testimony& evidence, const Posted& posted, const PlannedMessage::Ending& ending,
                  const Copies& copies, Failures& failures) {
    const auto& token = posted.planned->token;
    const auto& recipient = ending.end.address;
    const auto found = copies.find({token, recipient});
    const std::size_t count = found == copies.end() ? 0 : found->second.size();
    const std::size_t failed = notices_of(evidence.accounts, token, recipient, "failed");
    const std::size_t delayed = notices_of(evidence.accounts, token, recipient, "delayed");
    const auto fail = [&](const std::string& why) {
        failures.push_back(token + " for " + recipient + ": " + why);
    };
    if (found != copies.end()) {
        for (const auto* delivery : found->second)
            check_text(*delivery, posted.planned->submission.text, failures);
    }
    const auto& outcome = posted.outcome;
    auto accepted = ending.end.named;
    std::erase_if(accepted, [&](const std::string& named) {
        return std::ranges::find(outcome.accepted, named) == outcome.accepted.end();
    });
    if (outcome.fate == SentFate::Unknown) return;
    if (outcome.fate != SentFate::Acknowledged || accepted.empty()) {
        if (count + failed + delayed > 0) fail("was not acknowledged, and yet there is news of it");
        return;
    }
    if (count + failed == 0 && may_be_gone(evidence.holds, token, recipient, accepted)) return;
    if (count + failed == 0) return fail("acknowledged and lost");
    if (ending.expected == Expected::Delivered && count == 0)
        fail("failed though nothing was wrong for good");
    if (ending.expected == Expected::Delivered && failed > 0) fail("its sender was told that it failed");
    if (ending.expected == Expected::Failed && failed == 0) fail("its sender was not told that it failed");
    if (ending.expected == Expected::Failed && count > 0) fail("delivered where nobody takes mail");
    if (ending.is_late && delayed != 1)
        fail(fmt::format("its sender was told {} times that it takes long", delayed));
}

// Whether the program may not have known of this copy when it made the next.
bool is_in_doubt(const Testimony& evidence, const std::string& recipient, MessageId message, Instant at,
                 SunkMessage::Answer answer) {
    if (answer != SunkMessage::Answer::Confirmed) return true;
    const auto loss = std::ranges::lower_bound(evidence.losses, at, {}, &Loss::until);
    if (loss == evidence.losses.end()) return false;
    return std::ranges::none_of(evidence.log.events(), [&](const LoggedEvent& logged) {
        const auto* delivered = std::get_if<Delivered>(&logged.event.body);
        return delivered != nullptr && logged.event.message == message && delivered->recipient == recipient &&
               logged.at >= at && logged.at <= loss->from;
    });
}

}  // namespace

void check_endings(const Testimony& evidence, Failures& failures) {
    const auto copies = copies_of(evidence.accounts);
    for (const auto& oddity : evidence.accounts.oddities) failures.push_back(oddity);
    std::set<std::pair<std::string, std::string>> known, named;
    for (const auto& posted : evidence.town.posted()) {
        const auto& token = posted.planned->token;
        for (const auto& recipient : posted.planned->submission.recipients) named.insert({token, recipient});
        for (const auto& ending : posted.planned->endings) {
            known.insert({token, ending.end.address});
            check_ending(evidence, posted, ending, copies, failures);
        }
    }
    for (const auto& [whose, found] : copies) {
        if (!known.contains(whose))
            failures.push_back(whose.first + " arrived at " + whose.second + ", uninvited");
    }
    for (const auto& notice : evidence.accounts.notices) {
        // Of a list that cannot be looked up for long.
        const bool is_list = notice.action == "delayed" && named.contains({notice.token, notice.recipient});
        if (!is_list && !known.contains({notice.token, notice.recipient})) {
            failures.push_back("a notice to " + notice.token + " about " + notice.recipient +
                               ", who was no recipient");
        }
    }
}

void check_doubles(const Testimony& evidence, Failures& failures) {
    for (const auto& [whose, copies] : copies_of(evidence.accounts)) {
        for (std::size_t i = 0; i + 1 < copies.size(); ++i) {
            const auto& copy = *copies[i];
            if (copy.is_local || !is_in_doubt(evidence, copy.recipient, copy.message, copy.at, copy.answer)) {
                failures.push_back(
                    fmt::format("{} was delivered to {} again although the first copy was settled",
                                whose.first, whose.second));
            }
        }
        for (const auto* copy : copies) {
            const bool is_sure = !copy->is_local && !is_in_doubt(evidence, copy->recipient, copy->message,
                                                                 copy->at, copy->answer);
            if (is_sure && notices_of(evidence.accounts, whose.first, whose.second, "failed") > 0) {
                failures.push_back(whose.first + " reached " + whose.second +
                                   " and its sender was told that it failed");
            }
        }
    }
    std::map<std::pair<std::string, std::string>, const Notice*> last_of;  // by notification and recipient
    for (const auto& notice : evidence.accounts.notices) {
        for (const std::string_view action : {"failed", "delayed"}) {
            if (notices_of(evidence.accounts, notice.token, notice.recipient, action) > 1) {
                failures.push_back(
                    fmt::format("{} was told more than once: {} {}", notice.token, notice.recipient, action));
            }
        }
        const Notice*& before = last_of[{notice.notification, notice.recipient}];
        if (before != nullptr &&
            !is_in_doubt(evidence, before->envelope_recipient, before->message, before->at, before->answer)) {
            failures.push_back("a notification came to " + notice.token +
                               " again although the first was settled");
        }
        before = &notice;
    }
}

}  // namespace cursus
