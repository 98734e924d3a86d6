// Task, the coroutine of the whole program. It names Asio's awaitable and nothing of Asio's I/O.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace cursus {

// Rules (docs/architecture.md, "Coroutines"): `co_await` stands alone; a coroutine takes values, or
// references to what outlives it; every task is joined by the TaskGroup that runs it.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace cursus
