// Arithmetic with wall times, which may be anything that a store holds: nothing here overflows.
#pragma once

#include <chrono>

#include "base/time.h"

namespace cursus {

// The longest sleep before wall time is looked at again: it may have jumped.
inline constexpr Duration wall_look_interval = std::chrono::minutes{1};

// `wait` is not negative; the end of time is the end.
constexpr WallTime later_by(WallTime time, Duration wait) {
    const auto step = std::chrono::duration_cast<WallTime::duration>(wait);
    return time > WallTime::max() - step ? WallTime::max() : time + step;
}

// How long to sleep on the monotonic clock before looking whether it is `when`.
constexpr Duration sleep_before(WallTime when, WallTime now) {
    if (when <= now) return Duration::zero();
    if (when >= later_by(now, wall_look_interval)) return wall_look_interval;
    return when - now;
}

}  // namespace cursus
