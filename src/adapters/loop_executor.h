// The event loop as an executor of Asio's coroutines.
#pragma once

#include <utility>

#include <boost/asio/execution.hpp>

#include "adapters/event_loop.h"

namespace cursus {

class LoopExecutor {
public:
    explicit LoopExecutor(EventLoop& loop) : loop_(&loop) {}

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return loop_->context();
    }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        if (may_run_inline_) return boost::asio::execution::blocking.possibly;
        return boost::asio::execution::blocking.never;
    }
    LoopExecutor require(boost::asio::execution::blocking_t::never_t) const {
        return LoopExecutor(*loop_, false);
    }
    LoopExecutor require(boost::asio::execution::blocking_t::possibly_t) const {
        return LoopExecutor(*loop_, true);
    }

    template <class Function>
    void execute(Function&& function) const {
        if (may_run_inline_ && loop_->is_current()) return std::forward<Function>(function)();
        loop_->post(std::forward<Function>(function));
    }

    friend bool operator==(const LoopExecutor& a, const LoopExecutor& b) noexcept {
        return a.loop_ == b.loop_ && a.may_run_inline_ == b.may_run_inline_;
    }
    friend bool operator!=(const LoopExecutor& a, const LoopExecutor& b) noexcept { return !(a == b); }

private:
    LoopExecutor(EventLoop& loop, bool may_run_inline) : loop_(&loop), may_run_inline_(may_run_inline) {}

    EventLoop* loop_;
    bool may_run_inline_ = true;
};

}  // namespace cursus
