#include "tests/scenarios/hold_book.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "base/overloaded.h"

namespace cursus {
namespace {

using HandDoes = PlannedHand::Does;

// After a kill the program is down for a while, and it looks once a minute at what it could not do. A disk in
// trouble keeps events back.
constexpr Duration forgotten_within = std::chrono::hours{1};

bool is_meant(const PlannedHand& hand, const std::string& recipient) {
    return hand.domain.empty() || recipient.ends_with('@' + hand.domain);
}

}  // namespace

HoldBook::HoldBook(const EventLog& log, const std::vector<DoneByHand>& hands,
                   const std::vector<Instant>& kills)
    : hands_(hands), kills_(kills) {
    for (const auto& logged : log.events()) read(logged);
}

void HoldBook::read(const LoggedEvent& logged) {
    const auto message = logged.event.message;
    const Instant at = logged.at;
    const auto whose = [&](const auto& body) { return Whose(message, body.recipient); };
    const auto ended_by = [&](HandDoes hand, const auto& body, std::string_view how) {
        if (!is_under_way(hand, body.recipient, at))
            contradictions_.push_back(fmt::format("{} was {} by nobody", body.recipient, how));
        end(whose(body), how);
    };
    const Overloaded note{
        [&](const Accepted& body) { tokens_[message] = body.sender.substr(0, body.sender.find('@')); },
        [&](const RecipientHeld& body) { begin(whose(body), logged, body.until); },
        [&](const RecipientReleased& body) { ended_by(HandDoes::Release, body, "released"); },
        [&](const Removed& body) {
            ended_by(HandDoes::Remove, body, "removed");
            gone_.insert(whose(body));
        },
        [&](const HoldExpired& body) { forget(whose(body), logged.event.at); },
        [&](const Routed& body) { hear_of(whose(body), at); },
        [&](const Expanded& body) { hear_of(whose(body), at); },
        [&](const Attempted& body) { hear_of(whose(body), at); },
        [&](const Delivered& body) { hear_of(whose(body), at); },
        [&](const Deferred& body) { hear_of(whose(body), at); },
        [&](const Bounced& body) { hear_of(whose(body), at); },
        [&](const DelayWarned& body) { hear_of(whose(body), at); },
        [](const auto&) {},
    };
    std::visit(note, logged.event.body);
}

void HoldBook::begin(Whose whose, const LoggedEvent& logged, std::optional<WallTime> end) {
    const Instant at = logged.at;
    const Instant ends = end ? at + (*end - logged.event.at) : Instant::max();
    Instant until = Instant::max();
    for (const auto& hand : hands_) {
        const bool releases =
            hand.planned->does == HandDoes::Release && is_meant(*hand.planned, whose.second);
        if (releases && hand.began > at) until = std::min(until, hand.began);
    }
    open_[whose] = holds_.size();
    holds_.push_back({std::move(whose), at, until, end, ends});
}

void HoldBook::forget(const Whose& whose, WallTime at) {
    if (const auto open = open_.find(whose); open != open_.end()) {
        const auto& end = holds_[open->second].end;
        if (!end || at < *end) contradictions_.push_back(whose.second + " was forgotten before its time");
    }
    end(whose, "forgotten");
    gone_.insert(whose);
}

void HoldBook::end(const Whose& whose, std::string_view how) {
    if (open_.erase(whose) == 0 && kills_.empty())
        contradictions_.push_back(fmt::format("{} was {} and not held", whose.second, how));
}

void HoldBook::hear_of(const Whose& whose, Instant at) {
    const auto open = open_.find(whose);
    const bool is_held = open != open_.end() && at < holds_[open->second].until;
    if (is_held || gone_.contains(whose))
        contradictions_.push_back(fmt::format("{} of {} is {}, and yet there is news of it", whose.second,
                                              whose.first.text(), is_held ? "held" : "gone"));
}

bool HoldBook::is_under_way(HandDoes what, const std::string& recipient, Instant at) const {
    return std::ranges::any_of(hands_, [&](const DoneByHand& hand) {
        return hand.planned->does == what && is_meant(*hand.planned, recipient) && hand.began <= at &&
               at <= hand.ended;
    });
}

bool HoldBook::is_of(const Whose& whose, const std::string& token, const std::string& recipient) const {
    const auto of = tokens_.find(whose.first);
    return of != tokens_.end() && of->second == token && whose.second == recipient;
}

bool HoldBook::is_killed_within(Instant from, Instant until) const {
    return std::ranges::any_of(kills_, [&](Instant kill) { return from <= kill && kill <= until; });
}

bool HoldBook::may_be_gone(const std::string& token, const std::string& recipient) const {
    const auto is_gone = [&](const Whose& whose) { return is_of(whose, token, recipient); };
    const auto is_gone_untold = [&](const auto& entry) {
        const Instant ends = holds_[entry.second].ends;
        return is_of(entry.first, token, recipient) && ends != Instant::max() &&
               is_killed_within(ends - forgotten_within, ends + forgotten_within);
    };
    return std::ranges::any_of(gone_, is_gone) || std::ranges::any_of(open_, is_gone_untold) ||
           is_in_doubt(recipient);
}

// By a hand: the event of the hold may be lost too.
bool HoldBook::is_in_doubt(const std::string& recipient) const {
    return std::ranges::any_of(hands_, [&](const DoneByHand& hand) {
        if (!is_meant(*hand.planned, recipient)) return false;
        if (hand.planned->does == HandDoes::Remove) return is_killed_within(hand.began, hand.ended);
        const auto& lasts = hand.planned->lasts;
        return lasts && is_killed_within(hand.began + *lasts, hand.ended + *lasts + forgotten_within);
    });
}

}  // namespace cursus
