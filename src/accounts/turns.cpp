#include "accounts/turns.h"

namespace cursus {

Task<std::optional<Turns::Turn>> Turns::take() {
    Signal granted;
    bool must_wait = true;
    {
        const std::lock_guard lock(mutex_);
        if (free_ > 0) {
            --free_;
            must_wait = false;
        } else if (waiting_.size() >= waiting_max_) {
            co_return std::nullopt;
        } else {
            waiting_.push_back(&granted);
        }
    }
    if (must_wait) co_await granted.wait();
    co_return Turn(*this);
}

void Turns::release() {
    Signal* next = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        next = waiting_.front();
        waiting_.pop_front();
    }
    next->set();
}

}  // namespace cursus
