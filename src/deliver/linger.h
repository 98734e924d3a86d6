// How a taker whose work is done waits a little for more, so that its connections are used again.
#pragma once

#include <functional>

#include "queue/queue.h"
#include "runtime/clock.h"

namespace cursus {

inline constexpr Duration linger = std::chrono::seconds{5};

// True: take() would give something. False: nothing came, or `is_over` said so, which is asked at first and
// after Queue::call_off().
Task<bool> more_comes(Queue& queue, const Destination& destination, Clock& clock,
                      std::function<bool()> is_over);

}  // namespace cursus
