// The two clocks of one process over virtual time.
#pragma once

#include "runtime/clock.h"
#include "sim/scheduler.h"

namespace cursus {

// What the wall clocks of all machines show; a test may make it jump either way.
class SimWall {
public:
    SimWall(const Scheduler& scheduler, WallTime start)
        : scheduler_(scheduler), start_(start), epoch_(scheduler.now()) {}
    WallTime now() const {
        return start_ + std::chrono::duration_cast<WallTime::duration>(scheduler_.now() - epoch_);
    }
    void jump(Duration by) { start_ += std::chrono::duration_cast<WallTime::duration>(by); }

private:
    const Scheduler& scheduler_;
    WallTime start_;
    Instant epoch_;
};

class SimClock : public Clock {
public:
    SimClock(Scheduler& scheduler, const SimWall& wall, Process& process)
        : scheduler_(scheduler), wall_(wall), process_(process) {}
    Instant now() const override { return scheduler_.now(); }
    WallTime wall_now() const override { return wall_.now(); }
    TimerId call_at(Instant when, std::move_only_function<void()> fire) override {
        return scheduler_.at(process_, when, std::move(fire));
    }
    bool cancel(TimerId timer) override { return scheduler_.cancel(timer); }

private:
    Scheduler& scheduler_;
    const SimWall& wall_;
    Process& process_;
};

}  // namespace cursus
