#include "deliver/slots.h"

#include <algorithm>
#include <utility>

namespace cursus {

Task<bool> Slots::take() {
    if (is_closed_) co_return false;
    if (waiting_.empty() && used_ < window_) {
        ++used_;
        co_return true;
    }
    Waiter waiter;
    waiting_.push_back(&waiter);
    co_await waiter.decided.wait();
    co_return waiter.is_granted;
}

void Slots::give_back() {
    --used_;
    grant();
}

void Slots::widen(std::size_t window) {
    window_ = std::max(window_, window);
    grant();
}

void Slots::grant() {
    while (!waiting_.empty() && used_ < window_) {
        ++used_;
        Waiter* waiter = waiting_.front();
        waiting_.pop_front();
        waiter->is_granted = true;
        waiter->decided.set();
    }
}

void Slots::close() {
    is_closed_ = true;
    for (Waiter* waiter : std::exchange(waiting_, {})) waiter->decided.set();
}

}  // namespace cursus
