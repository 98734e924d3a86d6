#include "runtime/calling_reactor.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

namespace cursus {

Task<Reactor*> calling_reactor(World& world) {
    const Executor executor = co_await boost::asio::this_coro::executor;
    co_return *std::ranges::find(world.reactors, executor, &Reactor::executor);
}

}  // namespace cursus
