#include "sim/fault_plan.h"

#include <algorithm>

namespace cursus {

std::optional<Outage> FaultPlan::outage_at(const IpAddress& host, Instant now) const {
    for (const auto& outage : outages_) {
        if (outage.host == host && outage.window.holds(now)) return outage.kind;
    }
    return std::nullopt;
}

std::optional<Instant> FaultPlan::silent_until(const IpAddress& a, const IpAddress& b, Instant now) const {
    std::optional<Instant> until;
    const auto extend = [&until](const Window& window) {
        until = std::max(until.value_or(window.until), window.until);
    };
    for (const auto& outage : outages_) {
        const bool concerns = outage.kind == Outage::BlackHole && (outage.host == a || outage.host == b);
        if (concerns && outage.window.holds(now)) extend(outage.window);
    }
    for (const auto& cut : cuts_) {
        const bool concerns = (cut.a == a && cut.b == b) || (cut.a == b && cut.b == a);
        if (concerns && cut.window.holds(now)) extend(cut.window);
    }
    return until;
}

std::optional<std::uint64_t> FaultPlan::bytes_per_second(const IpAddress& a, const IpAddress& b,
                                                         Instant now) const {
    std::optional<std::uint64_t> slowest;
    for (const auto& drip : drips_) {
        if ((drip.host != a && drip.host != b) || !drip.window.holds(now)) continue;
        slowest = std::min(slowest.value_or(drip.bytes), drip.bytes);
    }
    return slowest;
}

std::optional<std::uint64_t> FaultPlan::fuse(const IpAddress& host, Instant now) const {
    std::optional<std::uint64_t> shortest;
    for (const auto& fuse : fuses_) {
        if (fuse.host == host && fuse.window.holds(now))
            shortest = std::min(shortest.value_or(fuse.bytes), fuse.bytes);
    }
    return shortest;
}

}  // namespace cursus
