// One budget for the octets of all message bodies in memory. Receiving may use it up to a reserve that is
// delivery's; beyond, bodies kept only for speed are given up, then receivers wait. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/clock.h"
#include "runtime/suspend.h"
#include "runtime/task.h"

namespace cursus {

class MemoryBudget {
public:
    // A body in memory that could be read again from the store.
    class Cached {
    public:
        Cached() = default;
        Cached(const Cached&) = delete;
        Cached& operator=(const Cached&) = delete;

    protected:
        ~Cached() = default;  // withdraw() first

    private:
        friend class MemoryBudget;
        virtual std::shared_ptr<const void> give_up() = 0;  // forgets it; the caller destroys what it was
        std::list<Cached*>::iterator place_;
        bool is_offered_ = false;
    };

    // `on_pressure` is told when the first receiver begins to wait (true) and when the last one no longer
    // does.
    MemoryBudget(std::uint64_t limit_bytes, std::function<void(bool)> on_pressure);

    bool try_take(std::uint64_t bytes);
    // Waits while there is no room, until `deadline`; false: nothing was taken. First come, first served.
    // `clock` is the calling task's.
    Task<bool> take(std::uint64_t bytes, Clock& clock, Instant deadline);
    // For delivery, which never waits: how much of `wanted_bytes` it may have, at least a small piece of it.
    std::uint64_t take_for_delivery(std::uint64_t wanted_bytes);
    void take_anyway(std::uint64_t bytes) { used_.fetch_add(bytes); }  // ours, and in memory already
    void give_back(std::uint64_t bytes);

    void offer(Cached& body);     // may be given up from now on, the longest offered first
    void withdraw(Cached& body);  // may not; does nothing when it was not offered

    std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
    std::uint64_t limit() const { return limit_; }

private:
    struct Waiter {
        std::uint64_t bytes;
        Resume resume;
        bool was_served = false;
    };
    using Waiters = std::list<std::shared_ptr<Waiter>>;

    bool take_room(std::uint64_t bytes);
    std::shared_ptr<const void> give_up_one();
    void make_room(std::uint64_t bytes);
    void serve_waiters();
    void serve_in_turn();
    std::uint64_t wake_those_that_fit();
    void give_up_waiting(const std::shared_ptr<Waiter>& waiter);

    const std::uint64_t limit_;
    const std::uint64_t receiving_limit_;
    const std::function<void(bool)> on_pressure_;
    std::atomic<std::uint64_t> used_ = 0;
    std::atomic<std::size_t> waiting_ = 0;
    std::atomic<std::size_t> servings_ = 0;  // asked for since nobody was at it
    std::mutex mutex_;
    Waiters waiters_;
    std::list<Cached*> cached_;
};

// Octets taken from the budget, given back when this ends.
class MemoryCharge {
public:
    MemoryCharge() = default;
    MemoryCharge(std::shared_ptr<MemoryBudget> budget, std::uint64_t bytes)
        : budget_(std::move(budget)), bytes_(bytes) {}
    MemoryCharge(MemoryCharge&& other) noexcept : budget_(std::move(other.budget_)), bytes_(other.bytes_) {
        other.bytes_ = 0;
    }
    MemoryCharge& operator=(MemoryCharge&& other) noexcept {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MemoryCharge() {
        if (budget_ && bytes_ != 0) budget_->give_back(bytes_);
    }
    void add(std::uint64_t bytes) { bytes_ += bytes; }  // which were taken already
    // A charge of its own for the first `bytes` of this one.
    MemoryCharge split(std::uint64_t bytes) {
        bytes_ -= bytes;
        return {budget_, bytes};
    }
    std::uint64_t bytes() const { return bytes_; }

private:
    std::shared_ptr<MemoryBudget> budget_;
    std::uint64_t bytes_ = 0;
};

}  // namespace cursus
