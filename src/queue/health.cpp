#include "queue/health.h"

#include <utility>

namespace cursus {
namespace {

constexpr Duration probe_interval = std::chrono::seconds{1};
constexpr Duration space_interval = std::chrono::seconds{1};
constexpr Duration pressure_lasts = std::chrono::seconds{1};  // an event for every short wait would be noise

}  // namespace

Result<void, QueueError> Health::may_begin() {
    const auto now = clock_.now();
    const std::lock_guard lock(mutex_);
    if (pressure_ends_ && now >= *pressure_ends_) {
        pressure_ends_.reset();
        is_memory_short_ = false;
        announce();
    }
    look_at_space(now);
    if (is_space_short_) return failure(QueueError{QueueErrorKind::Full, "less than min_free is free"});
    if (!failure_) return {};
    if (now < next_probe_) {
        const bool is_full = failure_->kind == StoreErrorKind::Full;
        return failure(QueueError{is_full ? QueueErrorKind::Full : QueueErrorKind::Broken, failure_->what});
    }
    next_probe_ = now + probe_interval;
    return {};
}

void Health::look_at_space(Instant now) {
    if (space_seen_ && now < *space_seen_ + space_interval) return;
    space_seen_ = now;
    is_space_short_ = store_.space().free_bytes < min_free_bytes_;
    announce();
}

void Health::store_worked() {
    const std::lock_guard lock(mutex_);
    if (!failure_) return;
    failure_.reset();
    announce();
}

void Health::store_failed(const StoreError& error) {
    const std::lock_guard lock(mutex_);
    failure_ = error;
    next_probe_ = clock_.now() + probe_interval;
    announce();
}

void Health::memory_is_short(bool is_short) {
    const std::lock_guard lock(mutex_);
    if (!is_short) {
        pressure_ends_ = clock_.now() + pressure_lasts;
        return;
    }
    pressure_ends_.reset();
    is_memory_short_ = true;
    announce();
}

void Health::announce() {
    std::string state = "accepting", why;
    if (failure_ && failure_->kind != StoreErrorKind::Full) {
        state = "broken";
        why = failure_->what;
    } else if (failure_ || is_space_short_) {
        state = "full";
        why = failure_ ? failure_->what : "less than min_free is free";
    } else if (is_memory_short_) {
        state = "over-budget";
        why = "the memory for message bodies is in use";
    }
    if (state == announced_) return;
    announced_ = state;
    events_.emit({.at = clock_.wall_now(),
                  .session = {},
                  .message = {},
                  .body = QueueStateChanged{std::move(state), std::move(why)}});
}

}  // namespace cursus
