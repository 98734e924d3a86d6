#include "adapters/timer_heap.h"

#include <algorithm>
#include <utility>

namespace cursus {

namespace {
constexpr std::size_t husks_min = 64;  // fewer are not worth a sweep
}

TimerHeap::Id TimerHeap::add(Instant when, std::move_only_function<void()> fire) {
    const Id id = ++last_;
    functions_.emplace(id, std::move(fire));
    heap_.push_back({when, id});
    std::push_heap(heap_.begin(), heap_.end());
    return id;
}

bool TimerHeap::cancel(Id id) {
    const auto function = functions_.extract(id);
    if (!function) return false;
    if (heap_.size() > 2 * functions_.size() + husks_min) sweep();
    return true;
}

void TimerHeap::sweep() {
    std::erase_if(heap_, [this](const Entry& entry) { return !functions_.contains(entry.id); });
    std::make_heap(heap_.begin(), heap_.end());
}

void TimerHeap::run_due(Instant now) {
    const Id newest = last_;
    std::vector<Entry> later;
    while (!heap_.empty() && heap_.front().when <= now) {
        const Entry entry = heap_.front();
        std::pop_heap(heap_.begin(), heap_.end());
        heap_.pop_back();
        if (entry.id > newest) {
            later.push_back(entry);
            continue;
        }
        auto function = functions_.extract(entry.id);
        if (function) function.mapped()();
    }
    for (const Entry& entry : later) {
        heap_.push_back(entry);
        std::push_heap(heap_.begin(), heap_.end());
    }
}

void TimerHeap::clear() {
    heap_.clear();
    // Destroying one function may cancel or add others.
    while (!functions_.empty()) const auto dying = functions_.extract(functions_.begin());
}

}  // namespace cursus
