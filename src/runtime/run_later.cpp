#include "runtime/run_later.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cursus {

void run_later(const Executor& executor, std::move_only_function<void()> work) {
    boost::asio::post(executor, std::move(work));
}

Task<void> let_others_run() {
    const auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

Task<Executor> this_executor() {
    const auto executor = co_await boost::asio::this_coro::executor;
    co_return executor;
}

}  // namespace cursus
