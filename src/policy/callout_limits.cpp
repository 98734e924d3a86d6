#include "policy/callout_limits.h"

namespace cursus {

void CalloutLimits::Minute::move_on(Instant now) {
    if (count != 0 && now < since + std::chrono::minutes{1}) return;
    since = now;
    count = 0;
}

bool CalloutLimits::take(CalloutOwner owner, const std::string& domain, Instant now) {
    if (at_once(owner) == callouts_at_once_max) return false;
    if (owner == CalloutOwner::Stranger && !count(domain, now)) return false;
    ++at_once(owner);
    return true;
}

bool CalloutLimits::count(const std::string& domain, Instant now) {
    all_.move_on(now);
    if (all_.count >= settings_.per_minute) return false;
    Minute& target = targets_.at(domain);
    target.move_on(now);
    if (target.count >= settings_.per_target_per_minute) return false;
    ++target.count;
    ++all_.count;
    return true;
}

}  // namespace cursus
