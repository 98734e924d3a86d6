// One event loop with its clock, timers and deadlines. Its thread belongs to the ReactorPool.
#pragma once

#include <memory>

#include "adapters/deadline_wheel.h"
#include "adapters/event_loop.h"
#include "adapters/timer_heap.h"
#include "runtime/reactor.h"

namespace cursus {

class RealReactor final : public Reactor, public Clock {
public:
    RealReactor();
    ~RealReactor() override;
    RealReactor(const RealReactor&) = delete;
    RealReactor& operator=(const RealReactor&) = delete;

    Executor executor() override;
    Clock& clock() override { return *this; }
    // Listening is allowed from any thread; everything else from the reactor's own.
    Network& network() override { return *network_; }

    Instant now() const override;
    WallTime wall_now() const override;
    TimerId call_at(Instant when, std::move_only_function<void()> fire) override;
    bool cancel(TimerId timer) override { return timers_.cancel(timer); }

    // The deadline of something that waits: kept within 50 ms when it is near, within a second when it is
    // far.
    void set_deadline(DeadlineWheel::Entry& entry, Instant deadline);

    EventLoop& loop() { return loop_; }
    void run();                    // on the thread that is this reactor's; returns after stop()
    void stop() { loop_.stop(); }  // from any thread

private:
    void fire(Instant now);

    // What dies with the loop's work may still lift its deadline: the wheels outlive the loop.
    DeadlineWheel near_, far_;
    TimerHeap timers_;
    Instant alarm_ = Instant::max();  // no timer and no deadline is due before
    EventLoop loop_;
    std::unique_ptr<Network> network_;
};

}  // namespace cursus
