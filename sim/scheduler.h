// Virtual time: what is ready runs; when nothing is, time moves on to the next thing that will happen. The
// order is a function of the seed alone.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "sim/sim_random.h"

namespace cursus {

// Whoever things happen to: one run of the program, or one other machine. Once dead nothing of it runs any
// more.
class Process {
public:
    explicit Process(std::string name) : name_(std::move(name)) {}
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    const std::string& name() const { return name_; }
    bool is_alive() const { return is_alive_; }
    std::uint64_t steps() const { return steps_; }  // how often something of it ran

private:
    friend class Scheduler;
    std::string name_;
    bool is_alive_ = true;
    std::uint64_t steps_ = 0;
};

// Thrown when nothing will ever happen again though somebody waits, or when a program spins at one instant.
class Stalled : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class ReadyOrder : std::uint8_t {
    Fifo,      // in the order in which things became ready
    Shuffled,  // things of different lanes, and timers, that are due at one instant run in a seeded random
               // order
};

class Scheduler {
public:
    using Action = std::move_only_function<void()>;
    using TimerId = std::uint64_t;  // 0 is no timer

    // More steps than this at one instant are taken for an endless loop.
    static constexpr std::uint64_t steps_per_instant_max = 5'000'000;

    Scheduler(std::uint64_t seed, ReadyOrder order);
    ~Scheduler();  // what has not happened goes to the graveyard
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    Instant now() const { return now_; }
    // Now, after what runs at the moment. Things posted to one lane (an event loop) run in the order of the
    // calls.
    void post(Process& process, const void* lane, Action action);
    TimerId at(Process& process, Instant when, Action action);  // Instant::max(): never
    bool cancel(TimerId timer);

    // Runs one thing; moves time when nothing is ready. False when there is nothing, or nothing until
    // `horizon`, in which case time stays.
    bool step(Instant horizon = Instant::max());
    void advance_to(Instant when);  // nothing may be due before
    std::uint64_t steps() const { return steps_; }

    // The process stops between two steps; all that was to happen to it goes to the graveyard.
    void kill(Process& process);

    // The process whose step runs at the moment; null between steps.
    const Process* running() const { return running_; }

private:
    struct Happening {
        Process* process;
        const void* lane;
        Action action;
    };
    struct When {
        Instant instant;
        std::uint64_t tie;  // random when shuffled
        TimerId number;
        friend auto operator<=>(const When&, const When&) = default;
    };

    void run(Happening happening);
    Happening take_ready();
    Happening take_timer();
    bool timer_is_due(Instant when) const;

    Instant now_;
    ReadyOrder order_;
    SimRandom random_;
    std::deque<Happening> ready_;
    std::map<When, Happening> timers_;
    std::unordered_map<TimerId, When> when_;
    TimerId last_timer_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t steps_at_this_instant_ = 0;
    const Process* running_ = nullptr;
};

}  // namespace cursus
