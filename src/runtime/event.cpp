#include "runtime/event.h"

#include <algorithm>
#include <utility>

namespace cursus {

void Signal::set() {
    Resume resume;
    {
        const std::lock_guard lock(mutex_);
        is_set_ = true;
        resume = std::move(resume_);
    }
    if (resume) resume();
}

Task<void> Signal::wait() {
    co_await suspend([this](Resume resume) {
        {
            const std::lock_guard lock(mutex_);
            if (!is_set_) {
                resume_ = std::move(resume);
                return;
            }
        }
        resume();
    });
}

struct Event::Waiter {
    Resume resume;
    Woken woken = Woken::BySet;
    Clock* clock = nullptr;
    Clock::TimerId timer = 0;
};

void Event::set() {
    is_set_ = true;
    pulse();
}

void Event::reset() {
    is_set_ = false;
}

void Event::pulse() {
    const auto woken = std::exchange(waiters_, {});
    for (const auto& waiter : woken) {
        if (waiter->timer != 0) waiter->clock->cancel(waiter->timer);
        waiter->resume();
    }
}

Task<void> Event::wait() {
    if (is_set_) co_return;
    auto waiter = std::make_shared<Waiter>();
    co_await suspend([this, &waiter](Resume resume) {
        waiter->resume = std::move(resume);
        waiters_.push_back(waiter);
    });
}

Task<Woken> Event::wait_until(Clock& clock, Instant deadline) {
    if (is_set_) co_return Woken::BySet;
    auto waiter = std::make_shared<Waiter>();
    co_await suspend([this, &waiter, &clock, deadline](Resume resume) {
        waiter->resume = std::move(resume);
        waiter->clock = &clock;
        waiters_.push_back(waiter);
        waiter->timer = clock.call_at(deadline, [this, weak = std::weak_ptr(waiter)] {
            const auto self = weak.lock();
            if (!self) return;
            std::erase(waiters_, self);
            self->woken = Woken::ByDeadline;
            self->resume();
        });
    });
    co_return waiter->woken;
}

Task<void> Clock::sleep_until(Instant when) {
    co_await suspend([this, when](Resume resume) { call_at(when, std::move(resume)); });
}

}  // namespace cursus
