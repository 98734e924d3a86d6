// Deadlines of waiting connections: almost free to set and to lift, and kept only roughly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace cursus {

// A hashed timing wheel of intrusive lists. Setting and lifting a deadline touch two neighbours and no
// allocator; one timer of the reactor sweeps the slots. A deadline is never kept early, and late by at most
// one tick.
class DeadlineWheel {
public:
    class Entry {
    public:
        Entry() = default;
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        bool is_set() const { return next_ != this; }

    protected:
        ~Entry() { lift(); }
        virtual void deadline_passed() = 0;  // may set and lift any deadline, its own too

    private:
        friend class DeadlineWheel;
        void lift();
        void put_before(Entry& other);

        Entry* previous_ = this;
        Entry* next_ = this;
        std::int64_t tick_ = 0;
    };

    DeadlineWheel(Duration tick, std::size_t slots);

    // Sets the deadline of an entry that has none. Returns when the wheel must be swept for it.
    Instant set(Entry& entry, Instant deadline);
    static void lift(Entry& entry) { entry.lift(); }
    // When the wheel must be swept next, or a little before; Instant::max() while no deadline is set. Walks
    // the slots.
    Instant next() const;
    void sweep(Instant now);

private:
    struct Slot final : Entry {
        void deadline_passed() override {}
    };
    Slot& slot_of(std::int64_t tick) { return slots_[static_cast<std::size_t>(tick) % slots_.size()]; }

    Duration tick_;
    std::vector<Slot> slots_;
    std::int64_t swept_ = 0;  // every slot up to this tick has been swept
};

}  // namespace cursus
