#include "queue/lifetimes.h"

#include <algorithm>

namespace cursus {

Lifetimes::Lifetimes(const Settings& settings)
    : usual_{settings.retry.warn_after, settings.retry.give_up_after} {
    // Who is given up is not warned of as well.
    usual_.warn_after = std::min(usual_.warn_after, usual_.give_up_after);
    for (const DomainTimes& domain : settings.domain_times) {
        const Duration give_up = domain.give_up_after.value_or(settings.retry.give_up_after);
        const Duration warn = domain.warn_after.value_or(settings.retry.warn_after);
        by_pattern_.try_emplace(domain.pattern, Lifetime{std::min(warn, give_up), give_up, false});
    }
}

WallTime Times::next_after(WallTime now) const {
    auto next = give_up_at;
    if (warn_at > now) next = std::min(next, warn_at);
    if (overdue_at && *overdue_at > now) next = std::min(next, *overdue_at);
    return next;
}

Times Lifetimes::times_of(const Envelope& envelope, const RecipientRecord& recipient) const {
    const Lifetime& lifetime = of(recipient.address);
    // What waits for its sender (RFC 4865) or in quarantine grows old from its release on.
    const WallTime begin = std::max({envelope.arrived, envelope.not_before.value_or(envelope.arrived),
                                     recipient.released.value_or(envelope.arrived)});
    Times times{.warn_at = lifetime.warn_at(begin),
                .give_up_at = lifetime.give_up_at(begin),
                .overdue_at = {},
                .are_usual =
                    lifetime.is_usual && !envelope.not_before && !envelope.deliver_by && !recipient.released};
    if (recipient.was_warned) times.warn_at = WallTime::max();
    if (!envelope.deliver_by) return times;
    const auto& [time, mode, trace] = *envelope.deliver_by;
    if (mode == ByMode::Return) {
        // RFC 2852 §4.1: it does not make the other times longer.
        times.give_up_at = std::min(times.give_up_at, time);
        times.warn_at = std::min(times.warn_at, times.give_up_at);
    } else if (time > envelope.arrived) {
        // Else it had passed before MAIL came (Session::envelope), and whoever had the message then has told.
        times.overdue_at = time;
    }
    return times;
}

const Lifetime& Lifetimes::of(const Mailbox& recipient) const {
    if (by_pattern_.empty()) return usual_;
    const Domain* const domain = recipient.domain();
    std::string pattern = domain != nullptr ? domain->text() : "*";
    auto found = by_pattern_.find(pattern);
    for (std::size_t dot = pattern.find('.'); found == by_pattern_.end() && dot != std::string::npos;
         dot = pattern.find('.', 2)) {
        pattern = "*" + pattern.substr(dot);
        found = by_pattern_.find(pattern);
    }
    if (found == by_pattern_.end()) found = by_pattern_.find("*");
    return found == by_pattern_.end() ? usual_ : found->second;
}

}  // namespace cursus
