#include "adapters/real_reactor.h"

#include <algorithm>

#include "adapters/loop_executor.h"
#include "adapters/real_network.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr Duration near_tick = 50ms;
constexpr std::size_t near_slots = 128;
constexpr Duration far_tick = 1s;
constexpr std::size_t far_slots = 1024;
constexpr Duration near_reach = 5s;  // deadlines further away are kept by the second

}  // namespace

RealReactor::RealReactor()
    : near_(near_tick, near_slots),
      far_(far_tick, far_slots),
      network_(std::make_unique<RealNetwork>(*this)) {}

// Functions of timers may hold the tasks they would have resumed, and those hold sockets: they go first.
RealReactor::~RealReactor() {
    timers_.clear();
}

Executor RealReactor::executor() {
    return LoopExecutor(loop_);
}

Instant RealReactor::now() const {
    return Instant(std::chrono::steady_clock::now().time_since_epoch());
}

WallTime RealReactor::wall_now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Clock::TimerId RealReactor::call_at(Instant when, std::move_only_function<void()> fire) {
    const TimerId timer = timers_.add(when, std::move(fire));
    alarm_ = std::min(alarm_, when);
    return timer;
}

void RealReactor::set_deadline(DeadlineWheel::Entry& entry, Instant deadline) {
    DeadlineWheel& wheel = deadline - now() < near_reach ? near_ : far_;
    alarm_ = std::min(alarm_, wheel.set(entry, deadline));
}

void RealReactor::run() {
    loop_.enter();
    while (!loop_.is_stopped()) {
        loop_.run_queue();
        const Instant time = now();
        if (time >= alarm_) fire(time);
        loop_.wait(time, alarm_);
    }
}

void RealReactor::fire(Instant now) {
    timers_.run_due(now);
    near_.sweep(now);
    far_.sweep(now);
    alarm_ = std::min({timers_.next(), near_.next(), far_.next()});
}

}  // namespace cursus
