#include "queue/memory_budget.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

constexpr std::uint64_t reserve_share = 4;               // a quarter of the budget is delivery's alone
constexpr std::uint64_t scarce_piece_bytes = 32 * 1024;  // what delivery reads at once when there is no room

}  // namespace

MemoryBudget::MemoryBudget(std::uint64_t limit_bytes, std::function<void(bool)> on_pressure)
    : limit_(limit_bytes),
      receiving_limit_(limit_bytes - limit_bytes / reserve_share),
      on_pressure_(std::move(on_pressure)) {}

bool MemoryBudget::take_room(std::uint64_t bytes) {
    auto used = used_.load();
    do {
        if (bytes > receiving_limit_ || used > receiving_limit_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return true;
}

bool MemoryBudget::try_take(std::uint64_t bytes) {
    if (waiting_.load() != 0) return false;
    if (take_room(bytes)) return true;
    make_room(bytes);
    return take_room(bytes);
}

// The cached body to go first, forgotten; null when there is none.
std::shared_ptr<const void> MemoryBudget::give_up_one() {
    const std::lock_guard lock(mutex_);
    if (cached_.empty()) return nullptr;
    auto* cached = cached_.front();
    cached_.pop_front();
    cached->is_offered_ = false;
    return cached->give_up();
}

// Gives up cached bodies until `bytes` could fit, or none is left.
void MemoryBudget::make_room(std::uint64_t bytes) {
    if (bytes > receiving_limit_) return;
    while (used_.load() > receiving_limit_ - bytes) {
        const auto victim =
            give_up_one();  // its end gives octets back, which may take the lock: not under it
        if (!victim) return;
    }
}

Task<bool> MemoryBudget::take(std::uint64_t bytes, Clock& clock, Instant deadline) {
    if (try_take(bytes)) co_return true;
    if (bytes > receiving_limit_) co_return false;
    auto waiter = std::make_shared<Waiter>(Waiter{.bytes = bytes, .resume = {}});
    Clock::TimerId timer = 0;
    auto arrange = [this, &waiter, &clock, &timer, deadline](Resume resume) {
        waiter->resume = std::move(resume);
        {
            const std::lock_guard lock(mutex_);
            waiters_.push_back(waiter);
            if (waiting_.fetch_add(1) == 0) on_pressure_(true);
        }
        timer = clock.call_at(deadline, [this, waiter] { give_up_waiting(waiter); });
        serve_waiters();  // room may have come between the look and the queueing
    };
    co_await suspend(std::move(arrange));
    clock.cancel(timer);
    co_return waiter->was_served;
}

void MemoryBudget::give_up_waiting(const std::shared_ptr<Waiter>& waiter) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::ranges::find(waiters_, waiter);
        if (found == waiters_.end()) return;
        waiters_.erase(found);
        if (waiting_.fetch_sub(1) == 1) on_pressure_(false);
    }
    waiter->resume();
    serve_waiters();  // those behind may need less
}

// One at a time: what is given up for a waiter gives its octets back, which comes here again.
void MemoryBudget::serve_waiters() {
    if (servings_.fetch_add(1) != 0) return;  // whoever is at it will look again
    std::size_t asked = 0;
    do {
        asked = servings_.load();
        serve_in_turn();
    } while (!servings_.compare_exchange_strong(asked, 0));
}

// While the first does not fit, what is kept only for speed goes.
void MemoryBudget::serve_in_turn() {
    while (wake_those_that_fit() != 0) {
        if (!give_up_one()) return;
    }
}

// The octets that the first who does not fit waits for; 0: nobody waits.
std::uint64_t MemoryBudget::wake_those_that_fit() {
    Waiters served;
    std::uint64_t wanted = 0;
    {
        const std::lock_guard lock(mutex_);
        while (!waiters_.empty() && take_room(waiters_.front()->bytes)) {
            served.splice(served.end(), waiters_, waiters_.begin());
            if (waiting_.fetch_sub(1) == 1) on_pressure_(false);
        }
        if (!waiters_.empty()) wanted = waiters_.front()->bytes;
    }
    for (const auto& waiter : served) {
        waiter->was_served = true;
        waiter->resume();
    }
    return wanted;
}

std::uint64_t MemoryBudget::take_for_delivery(std::uint64_t wanted_bytes) {
    const bool has_room = used_.load() + wanted_bytes <= limit_;
    const auto bytes = has_room ? wanted_bytes : std::min(wanted_bytes, scarce_piece_bytes);
    used_.fetch_add(bytes);
    return bytes;
}

void MemoryBudget::give_back(std::uint64_t bytes) {
    used_.fetch_sub(bytes);
    if (waiting_.load() != 0) serve_waiters();
}

void MemoryBudget::offer(Cached& body) {
    {
        const std::lock_guard lock(mutex_);
        if (body.is_offered_) return;
        body.place_ = cached_.insert(cached_.end(), &body);
        body.is_offered_ = true;
    }
    if (waiting_.load() != 0) serve_waiters();
}

void MemoryBudget::withdraw(Cached& body) {
    const std::lock_guard lock(mutex_);
    if (!body.is_offered_) return;
    cached_.erase(body.place_);
    body.is_offered_ = false;
}

}  // namespace cursus
