// What tasks wait for besides the network: a one-time signal from any thread, and an event of one reactor.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/time.h"
#include "runtime/clock.h"
#include "runtime/suspend.h"
#include "runtime/task.h"

namespace cursus {

// Set once, from any thread; waited for by at most one task, which resumes on its own reactor. set() touches
// nothing of the signal after the moment at which the waiter may be resumed.
class Signal {
public:
    void set();
    Task<void> wait();

private:
    std::mutex mutex_;
    bool is_set_ = false;
    Resume resume_;
};

enum class Woken : std::uint8_t { BySet, ByDeadline };

// For tasks of one reactor, which must be the only ones to touch it. Any number may wait.
class Event {
public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    bool is_set() const { return is_set_; }
    void set();    // wakes all who wait; stays set
    void reset();  // those who wait from now on wait for the next set()
    void pulse();  // wakes all who wait now, stays as it is

    Task<void> wait();
    // Returns at `deadline` at the latest. The clock must be that of the calling task's reactor.
    Task<Woken> wait_until(Clock& clock, Instant deadline);

private:
    struct Waiter;
    bool is_set_ = false;
    std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace cursus
