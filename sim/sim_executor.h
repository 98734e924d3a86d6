// An executor over the scheduler: whatever Asio's coroutines post runs as a step of one process.
#pragma once

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>

#include "sim/scheduler.h"

namespace cursus {

// One event loop of a process. Executors of the same loop compare equal.
struct SimLoop {
    Scheduler& scheduler;
    Process& process;
    bool is_running = false;  // a step of this loop is on the stack
    boost::asio::execution_context context;
};

class SimExecutor {
public:
    explicit SimExecutor(SimLoop& loop) : loop_(&loop) {}

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return loop_->context;
    }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        if (may_run_inline_) return boost::asio::execution::blocking.possibly;
        return boost::asio::execution::blocking.never;
    }
    SimExecutor require(boost::asio::execution::blocking_t::never_t) const {
        return SimExecutor(*loop_, false);
    }
    SimExecutor require(boost::asio::execution::blocking_t::possibly_t) const {
        return SimExecutor(*loop_, true);
    }

    template <class Function>
    void execute(Function&& function) const {
        if (may_run_inline_ && loop_->is_running) return std::forward<Function>(function)();
        post(std::forward<Function>(function));
    }

    friend bool operator==(const SimExecutor& a, const SimExecutor& b) noexcept {
        return a.loop_ == b.loop_ && a.may_run_inline_ == b.may_run_inline_;
    }
    friend bool operator!=(const SimExecutor& a, const SimExecutor& b) noexcept { return !(a == b); }

private:
    SimExecutor(SimLoop& loop, bool may_run_inline) : loop_(&loop), may_run_inline_(may_run_inline) {}
    void post(Scheduler::Action action) const;

    SimLoop* loop_;
    bool may_run_inline_ = false;
};

}  // namespace cursus
