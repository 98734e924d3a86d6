#include "runtime/suspend.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cursus {

Task<void> suspend(std::move_only_function<void(Resume)> arrange) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto initiate = [&executor, &arrange](auto handler) {
        arrange([executor, handler = std::move(handler)]() mutable {
            boost::asio::post(executor, std::move(handler));
        });
    };
    co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(
        initiate, boost::asio::use_awaitable);
}

}  // namespace cursus
