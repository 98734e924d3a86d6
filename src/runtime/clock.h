#pragma once

#include <cstdint>
#include <functional>

#include "base/time.h"
#include "runtime/task.h"

namespace cursus {

// Time, as one reactor sees it. now() and wall_now() may be called from any thread; timers are the reactor's
// own.
class Clock {
public:
    using TimerId = std::uint64_t;  // 0 is no timer

    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    virtual WallTime wall_now() const = 0;

    // Calls `fire` once from the reactor's loop, at `when` or as soon after as it can.
    virtual TimerId call_at(Instant when, std::move_only_function<void()> fire) = 0;
    // False when the timer has fired already or never was.
    virtual bool cancel(TimerId timer) = 0;

    // There is no cancelling a sleep: wait on an Event with a deadline where a wait must be cut short.
    Task<void> sleep_until(Instant when);
    Task<void> sleep_for(Duration time) { return sleep_until(now() + time); }
};

}  // namespace cursus
