#include "deliver/connection_budget.h"

#include <algorithm>

namespace cursus {

bool ConnectionBudget::has_room(Claim claim) const {
    if (is_closed_ || used_ >= total_) return false;
    switch (claim) {
        case Claim::Probe:
            return probes_ < std::max<std::size_t>(1, total_ / 4);
        case Claim::First:
            return true;
        case Claim::Further:
            return used_ < total_ - total_ / 4;
    }
    std::unreachable();
}

void ConnectionBudget::count(Claim claim) {
    ++used_;
    if (claim == Claim::Probe) ++probes_;
}

bool ConnectionBudget::try_take(Claim claim) {
    const std::lock_guard lock(mutex_);
    if (!has_room(claim)) return false;
    count(claim);
    return true;
}

Task<bool> ConnectionBudget::take(Claim claim) {
    Waiter waiter;
    {
        const std::lock_guard lock(mutex_);
        auto& waiting = claim == Claim::Probe ? probing_ : first_;
        if (is_closed_) co_return false;
        if (waiting.empty() && has_room(claim)) {
            count(claim);
            co_return true;
        }
        waiting.push_back(&waiter);
    }
    co_await waiter.decided.wait();
    co_return waiter.is_granted;
}

// Sites nothing is known against go before those that failed last time.
ConnectionBudget::Waiter* ConnectionBudget::next_waiter() {
    for (const Claim claim : {Claim::First, Claim::Probe}) {
        auto& waiting = claim == Claim::Probe ? probing_ : first_;
        if (waiting.empty() || !has_room(claim)) continue;
        Waiter* waiter = waiting.front();
        waiting.pop_front();
        count(claim);
        waiter->is_granted = true;
        return waiter;
    }
    return nullptr;
}

void ConnectionBudget::give_back(Claim claim) {
    Waiter* next = nullptr;
    {
        const std::lock_guard lock(mutex_);
        --used_;
        if (claim == Claim::Probe) --probes_;
        next = next_waiter();
    }
    if (next != nullptr) next->decided.set();
}

void ConnectionBudget::close() {
    std::deque<Waiter*> waiting;
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        waiting.swap(probing_);
        waiting.insert(waiting.end(), first_.begin(), first_.end());
        first_.clear();
    }
    for (Waiter* waiter : waiting) waiter->decided.set();
}

std::size_t ConnectionBudget::used() const {
    const std::lock_guard lock(mutex_);
    return used_;
}

}  // namespace cursus
