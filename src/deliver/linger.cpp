#include "deliver/linger.h"

namespace cursus {

Task<bool> more_comes(Queue& queue, const Destination& destination, Clock& clock,
                      std::function<bool()> is_over) {
    const Instant deadline = clock.now() + linger;
    while (!is_over() && clock.now() < deadline) {
        const Woken woken = co_await queue.wait_for_work(destination, deadline);
        if (woken == Woken::BySet) co_return true;
    }
    co_return false;
}

}  // namespace cursus
