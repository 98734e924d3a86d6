// Timers of one reactor as a heap: a pure structure, driven by whoever knows the time.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace cursus {

// Adding costs O(log n). Cancelling drops the function at once and leaves a husk in the heap, swept when
// husks outnumber the living.
class TimerHeap {
public:
    using Id = std::uint64_t;  // never 0

    Id add(Instant when, std::move_only_function<void()> fire);
    bool cancel(Id id);
    // When the earliest may be due: never later than that, possibly earlier. Instant::max() for none.
    Instant next() const { return heap_.empty() ? Instant::max() : heap_.front().when; }
    // Calls everything due by `now`, in order. What is added meanwhile waits for the next call.
    void run_due(Instant now);
    // Destroys all functions without calling them.
    void clear();

private:
    struct Entry {
        Instant when;
        Id id;
        // The heap's front is the earliest; equal times fire in the order of their making.
        friend bool operator<(const Entry& a, const Entry& b) {
            return a.when != b.when ? a.when > b.when : a.id > b.id;
        }
    };
    void sweep();

    std::vector<Entry> heap_;
    std::unordered_map<Id, std::move_only_function<void()>> functions_;
    Id last_ = 0;
};

}  // namespace cursus
