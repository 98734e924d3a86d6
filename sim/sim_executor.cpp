#include "sim/sim_executor.h"

#include <utility>

namespace cursus {

namespace {

// Restores what was there before, so that a step that runs another loop's work inline does not confuse the
// two.
class RunningMark {
public:
    explicit RunningMark(SimLoop& loop) : loop_(loop), before_(std::exchange(loop.is_running, true)) {}
    ~RunningMark() { loop_.is_running = before_; }

private:
    SimLoop& loop_;
    bool before_;
};

}  // namespace

void SimExecutor::post(Scheduler::Action action) const {
    loop_->scheduler.post(loop_->process, loop_, [loop = loop_, action = std::move(action)]() mutable {
        const RunningMark mark(*loop);
        action();
    });
}

}  // namespace cursus
