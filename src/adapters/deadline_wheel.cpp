#include "adapters/deadline_wheel.h"

#include <algorithm>

namespace cursus {

void DeadlineWheel::Entry::lift() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
}

void DeadlineWheel::Entry::put_before(Entry& other) {
    previous_ = other.previous_;
    next_ = &other;
    previous_->next_ = this;
    other.previous_ = this;
}

DeadlineWheel::DeadlineWheel(Duration tick, std::size_t slots) : tick_(tick), slots_(slots) {}

Instant DeadlineWheel::set(Entry& entry, Instant deadline) {
    const auto whole = deadline.time_since_epoch() / tick_;
    const bool is_on_tick = deadline.time_since_epoch() % tick_ == Duration::zero();
    // Rounded up, and never into a slot that has been swept already.
    entry.tick_ = std::max<std::int64_t>(is_on_tick ? whole : whole + 1, swept_ + 1);
    entry.put_before(slot_of(entry.tick_));
    return Instant(tick_ * entry.tick_);
}

Instant DeadlineWheel::next() const {
    for (std::size_t ahead = 1; ahead <= slots_.size(); ++ahead) {
        const std::int64_t tick = swept_ + static_cast<std::int64_t>(ahead);
        if (slots_[static_cast<std::size_t>(tick) % slots_.size()].is_set()) return Instant(tick_ * tick);
    }
    return Instant::max();
}

void DeadlineWheel::sweep(Instant now) {
    const std::int64_t until = now.time_since_epoch() / tick_;
    const std::int64_t slots = static_cast<std::int64_t>(slots_.size());
    Slot due;
    for (std::int64_t tick = std::max(swept_ + 1, until - slots + 1); tick <= until; ++tick) {
        Slot& slot = slot_of(tick);
        for (Entry* entry = slot.next_; entry != &slot;) {
            Entry* const following = entry->next_;
            if (entry->tick_ <= until) {  // the others belong to later turns of the wheel
                entry->lift();
                entry->put_before(due);
            }
            entry = following;
        }
    }
    swept_ = std::max(swept_, until);
    while (due.is_set()) {
        Entry& entry = *due.next_;
        entry.lift();
        entry.deadline_passed();
    }
}

}  // namespace cursus
