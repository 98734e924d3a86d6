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
