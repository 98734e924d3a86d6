#include "sim/scheduler.h"

#include <algorithm>
#include <utility>

#include "sim/graveyard.h"

namespace cursus {

namespace {

// Not zero, so that an instant somebody forgot to set stands out.
constexpr Instant start_of_time{std::chrono::hours{1}};

// How many of the ready things a shuffled choice is made among.
constexpr std::size_t choices_max = 8;

}  // namespace

Scheduler::Scheduler(std::uint64_t seed, ReadyOrder order)
    : now_(start_of_time), order_(order), random_(seed, 'S') {}

Scheduler::~Scheduler() {
    graveyard::keep(std::move(ready_));
    graveyard::keep(std::move(timers_));
}

void Scheduler::post(Process& process, const void* lane, Action action) {
    if (!process.is_alive_) return graveyard::keep(std::move(action));
    ready_.push_back({&process, lane, std::move(action)});
}

Scheduler::TimerId Scheduler::at(Process& process, Instant when, Action action) {
    const auto timer = ++last_timer_;
    if (!process.is_alive_) {
        graveyard::keep(std::move(action));
        return timer;
    }
    const When key{std::max(when, now_), order_ == ReadyOrder::Shuffled ? random_.next() : 0, timer};
    timers_.emplace(key, Happening{&process, nullptr, std::move(action)});
    when_.emplace(timer, key);
    return timer;
}

bool Scheduler::cancel(TimerId timer) {
    const auto found = when_.find(timer);
    if (found == when_.end()) return false;
    timers_.erase(found->second);
    when_.erase(found);
    return true;
}

bool Scheduler::timer_is_due(Instant when) const {
    return !timers_.empty() && timers_.begin()->first.instant <= when &&
           timers_.begin()->first.instant != Instant::max();
}

Scheduler::Happening Scheduler::take_ready() {
    auto chosen = ready_.begin();
    if (order_ == ReadyOrder::Shuffled && ready_.size() > 1) {
        const auto lane = ready_[random_.below(std::min(ready_.size(), choices_max))].lane;
        chosen = std::ranges::find(ready_, lane, &Happening::lane);
    }
    auto happening = std::move(*chosen);
    ready_.erase(chosen);
    return happening;
}

Scheduler::Happening Scheduler::take_timer() {
    const auto first = timers_.begin();
    if (first->first.instant > now_) {
        now_ = first->first.instant;
        steps_at_this_instant_ = 0;
    }
    auto happening = std::move(first->second);
    when_.erase(first->first.number);
    timers_.erase(first);
    return happening;
}

bool Scheduler::step(Instant horizon) {
    const bool has_choice = order_ == ReadyOrder::Shuffled && !ready_.empty() && timer_is_due(now_);
    if (!ready_.empty() && !(has_choice && random_.one_in(2))) {
        run(take_ready());
        return true;
    }
    if (!timer_is_due(horizon)) return false;
    run(take_timer());
    return true;
}

void Scheduler::run(Happening happening) {
    if (++steps_at_this_instant_ > steps_per_instant_max) throw Stalled("a task spins without time passing");
    ++steps_;
    ++happening.process->steps_;
    running_ = happening.process;
    try {
        happening.action();
    } catch (...) {
        running_ = nullptr;
        throw;
    }
    running_ = nullptr;
}

void Scheduler::advance_to(Instant when) {
    if (when > now_) {
        now_ = when;
        steps_at_this_instant_ = 0;
    }
}

void Scheduler::kill(Process& process) {
    process.is_alive_ = false;
    std::vector<Action> remains;
    std::deque<Happening> still_ready;
    for (auto& happening : ready_) {
        if (happening.process == &process) {
            remains.push_back(std::move(happening.action));
        } else {
            still_ready.push_back(std::move(happening));
        }
    }
    ready_ = std::move(still_ready);
    for (auto timer = timers_.begin(); timer != timers_.end();) {
        if (timer->second.process != &process) {
            ++timer;
            continue;
        }
        remains.push_back(std::move(timer->second.action));
        when_.erase(timer->first.number);
        timer = timers_.erase(timer);
    }
    graveyard::keep(std::move(remains));
}

}  // namespace cursus
