// The two kinds of time, as types of their own: nothing here reads a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace cursus {

using Duration = std::chrono::nanoseconds;

// Monotonic time since an arbitrary start: deadlines and measurements.
struct MonotonicTimeline {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicTimeline>;
    static constexpr bool is_steady = true;
};
using Instant = std::chrono::time_point<MonotonicTimeline>;

// Wall time, UTC, since the Unix epoch: what is stored and what people read. It may jump either way.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace cursus
