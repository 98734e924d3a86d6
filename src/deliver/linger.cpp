#include "deliver/linger.h"

namespace cursus {

Task<bool> more_comes(Queue& queue, const Destination& destination, Clock& clock,
                      std::function<bool()> is_over) {
    constexpr Duration step = std::chrono::seconds{1};
    for (Duration waited{}; waited < linger && !is_over(); waited += step) {
        const Woken woken = co_await queue.wait_for_work(destination, clock.now() + step);
        if (woken == Woken::BySet) co_return true;
    }
    co_return false;
}

}  // namespace cursus
