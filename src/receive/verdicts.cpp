#include "receive/verdicts.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "base/overloaded.h"

namespace cursus {
namespace {

bool is_held(const NewRecipient& recipient) {
    return recipient.hold.has_value();
}

// Of a message that is held for all: whoever is added to it gets it no sooner.
std::optional<Hold> common_hold(const std::vector<NewRecipient>& recipients) {
    if (recipients.empty() || !std::ranges::all_of(recipients, is_held)) return std::nullopt;
    return recipients.front().hold;
}

std::optional<Hold> any_hold(const std::vector<NewRecipient>& recipients) {
    const auto held = std::ranges::find_if(recipients, is_held);
    return held == recipients.end() ? std::nullopt : held->hold;
}

// In place of them all, and so held if it is to be held for one of them.
NewRecipient redirected(const Mailbox& to, const std::vector<NewRecipient>& from) {
    return {to, {}, {}, any_hold(from)};
}

bool is_among(const std::vector<NewRecipient>& recipients, const Mailbox& address) {
    return std::ranges::find(recipients, address, &NewRecipient::address) != recipients.end();
}

// Those of this address, from one list into the other.
void move_out(const Mailbox& address, std::vector<NewRecipient>& from, std::vector<NewRecipient>& to) {
    const auto is_it = [&](const NewRecipient& recipient) { return recipient.address == address; };
    std::ranges::copy_if(from, std::back_inserter(to), is_it);
    std::erase_if(from, is_it);
}

// Its delivery is nobody's business but ours: the sender knows nothing of it (RFC 3461 §4.1, NEVER).
NewRecipient silent_copy(const Mailbox& to, const std::optional<Hold>& hold) {
    return {to, {}, Notify{.is_set = true}, hold};
}

NewRecipient recipient_of(const MilterNewRecipient& added) {
    return {added.recipient, added.parameters.orcpt.value_or(""), added.parameters.notify.value_or(Notify{})};
}

}  // namespace

Verdicts::Verdicts(const std::vector<NewRecipient>& recipients)
    : recipients_(recipients), refusals_(recipients.size()) {}

void Verdicts::apply(const Judgement& judgement, WallTime now, Duration keep) {
    std::vector<NewRecipient> left;
    for (std::size_t i = 0; i < recipients_.size(); ++i) {
        const Fate& fate = judgement.fates[i];
        NewRecipient& recipient = recipients_[i];
        if (is_refusal(fate.verdict)) {
            refusals_[i] = fate.reply;
            refused_.push_back({recipient.address, fate.rule, *fate.reply});
        } else if (fate.verdict == Verdict::Discard) {
            discarded_.push_back(recipient.address.text());
            discarded_by_ = fate.rule;
            discarded_why_ = fate.why;
        } else {
            const auto until = now + std::chrono::duration_cast<WallTime::duration>(fate.keep.value_or(keep));
            if (fate.verdict == Verdict::Hold) recipient.hold = Hold{"rule " + fate.rule, fate.why, until};
            left.push_back(std::move(recipient));
        }
    }
    recipients_ = std::move(left);
    if (judgement.changes.redirect && !recipients_.empty())
        recipients_ = {redirected(*judgement.changes.redirect, recipients_)};
    const auto hold = common_hold(recipients_);
    // What is refused to everybody is the sender's to keep: nobody gets a copy.
    if (!is_refused_to_all())
        for (const Mailbox& copy : judgement.changes.copies) recipients_.push_back(silent_copy(copy, hold));
    tags = judgement.changes.tags;
}

bool Verdicts::is_refused_to_all() const {
    return std::ranges::all_of(refusals_, &std::optional<Reply>::has_value);
}

void Verdicts::apply(const MilteredMessage& message, WallTime now, Duration keep) {
    const auto hold_of_all = common_hold(recipients_);
    std::vector<NewRecipient> added, lost;
    for (const auto& change : message.envelope) {
        std::visit(Overloaded{
                       [this](const MilterSender& changed) {
                           sender = changed.sender;
                           sender_parameters = changed.parameters;
                       },
                       [&](const MilterNewRecipient& one) { added.push_back(recipient_of(one)); },
                       [&](const MilterLostRecipient& one) {
                           std::erase_if(added, [&](const auto& it) { return it.address == one.recipient; });
                           move_out(one.recipient, recipients_, lost);
                       },
                   },
                   change);
    }
    // It may stand in the place of any that was lost. Where nobody was, it is one that the sender did not
    // write to, and knows nothing of.
    const auto hold = hold_of_all ? hold_of_all : any_hold(lost);
    for (auto& recipient : added) {
        if (lost.empty()) recipient.notify.is_set = true;
        recipient.hold = hold;
        recipients_.push_back(std::move(recipient));
    }
    note_lost(lost);
    if (!message.quarantine) return;
    const auto until = now + std::chrono::duration_cast<WallTime::duration>(keep);
    for (auto& recipient : recipients_)
        if (!recipient.hold) recipient.hold = Hold{"milter", *message.quarantine, until};
}

// Whoever gets nothing now is told of: what is answered 250 goes nowhere in silence.
void Verdicts::note_lost(const std::vector<NewRecipient>& lost) {
    for (const auto& recipient : lost) {
        if (is_among(recipients_, recipient.address)) continue;
        discarded_.push_back(recipient.address.text());
        discarded_by_ = "milter";
        discarded_why_ = "a milter has removed the recipient";
    }
}

void Verdicts::discard_all(std::string by, std::string why) {
    for (const auto& recipient : recipients_) discarded_.push_back(recipient.address.text());
    recipients_.clear();
    discarded_by_ = std::move(by);
    discarded_why_ = std::move(why);
}

std::vector<NewRecipient> Verdicts::recipients() const {
    std::unordered_set<std::string> seen;
    std::vector<NewRecipient> distinct;
    for (const NewRecipient& recipient : recipients_)
        if (seen.insert(recipient.address.text()).second) distinct.push_back(recipient);
    return distinct;
}

}  // namespace cursus
