#include "queue/quarantine.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

constexpr Duration look_again_after = std::chrono::minutes{1};  // at what could not be done, and at the count
constexpr Duration end_interval = std::chrono::seconds{1};      // what ends within it goes out in one batch
constexpr std::size_t count_page = 1'000;

}  // namespace

void Quarantine::changed(std::optional<WallTime> new_end) {
    must_count_ = true;
    if (new_end) next_end_ = std::min(next_end_, *new_end);
    changed_.pulse();
}

Task<void> Quarantine::run() {
    auto& clock = core_.home.clock();
    Instant next_count = Instant::min();
    while (!is_stopping_) {
        if (next_end_ <= core_.wall_now()) co_await end_holds();
        if (must_count_ && clock.now() >= next_count) {
            co_await count();
            next_count = clock.now() + look_again_after;
        }
        const auto earliest = clock.now() + end_interval;
        while (!is_stopping_) {
            auto wake = clock.now() + sleep_before(next_end_, core_.wall_now());
            if (must_count_) wake = std::min(wake, next_count);
            const auto until = std::max(wake, earliest);
            if (clock.now() >= until) break;
            co_await changed_.wait_until(clock, until);
        }
    }
}

Task<void> Quarantine::end_holds() {
    next_end_ = WallTime::max();
    const auto end = end_of_prefix(held_prefix);
    std::string from(held_prefix);
    bool is_at_end = false;
    while (!is_at_end && !is_stopping_) {
        const auto found = core_.needs.store.scan(from, end, page);
        if (!found) {
            next_end_ = later_by(core_.wall_now(), look_again_after);
            co_return;
        }
        is_at_end = found->size() < page;
        auto transaction = std::make_unique<Transaction>();
        for (const auto& key : *found) {
            from = after_key(key.key);
            const auto entry = parse_held_key(key.key);
            if (!entry) continue;
            if (entry->until > core_.wall_now()) {
                next_end_ = std::min(next_end_, entry->until);
                is_at_end = true;
                break;
            }
            if (look_at(*transaction, *entry) == Outcome::Later)
                next_end_ = std::min(next_end_, later_by(core_.wall_now(), look_again_after));
        }
        if (!transaction->batch.empty()) co_await settler_.write(std::move(transaction));
    }
}

// Later: somebody is at work on it, or it cannot be read now.
Quarantine::Outcome Quarantine::look_at(Transaction& transaction, const HeldEntry& entry) {
    const auto& key = entry.recipient;
    if (core_.arrivals.has(key.message) || messages_.is_busy(key)) return Outcome::Later;
    const auto message = messages_.load(key.message);
    if (!message) {
        if (!message.error().is_lasting) return Outcome::Later;
        trouble(key, message.error().what);
        return Outcome::Done;
    }
    if (*message && (*message)->is_reserved) return Outcome::Later;
    const auto outcome = look_at(transaction, entry, *message);
    if (*message) messages_.drop_if_idle(*message);
    return outcome;
}

Quarantine::Outcome Quarantine::look_at(Transaction& transaction, const HeldEntry& entry,
                                        const LivePtr& message) {
    const auto& key = entry.recipient;
    const auto bytes = core_.needs.store.get(recipient_key(key));
    if (!bytes) return Outcome::Later;
    if (!message || !*bytes) {
        transaction.batch.erase(held_key(entry));
        trouble(key, "an entry of the index of the held leads nowhere; it is removed");
        return Outcome::Done;
    }
    auto record = decode_recipient(**bytes);
    if (!record) {
        trouble(key, record.error());
        return Outcome::Done;
    }
    if (index_key(*record, message->lane(), key) != held_key(entry)) {
        transaction.batch.erase(held_key(entry));
        trouble(key, "an entry of the index of the held is out of date; it is removed");
        return Outcome::Done;
    }
    messages_.adopt(*message, key.number, *std::move(record));
    ledger_.hold_expired(transaction, message, key.number);
    return Outcome::Done;
}

void Quarantine::trouble(const RecipientKey& recipient, std::string what) {
    core_.emit({.at = core_.wall_now(),
                .session = {},
                .message = recipient.message,
                .body = Trouble{"queue", std::move(what)}});
}

Result<HeldSummary, QueueError> Quarantine::summary() const {
    const auto found = core_.needs.store.scan(held_prefix, end_of_prefix(held_prefix), summary_count_max + 1);
    if (!found) return failure(queue_error(found.error()));
    return HeldSummary{.recipients = std::min<std::uint64_t>(found->size(), summary_count_max),
                       .more = found->size() > summary_count_max};
}

Task<void> Quarantine::count() {
    must_count_ = false;
    auto& clock = core_.home.clock();
    const auto end = end_of_prefix(held_prefix);
    std::string from(held_prefix);
    std::uint64_t total = 0;
    while (!is_stopping_) {
        const auto found = core_.needs.store.scan(from, end, count_page);
        if (!found) {
            must_count_ = true;
            co_return;
        }
        total += found->size();
        if (found->size() < count_page) break;
        from = after_key(found->back().key);
        co_await clock.sleep_until(clock.now());  // others may run
    }
    counted_.store(total, std::memory_order_relaxed);
}

void Quarantine::stop() {
    is_stopping_ = true;
    changed_.set();
}

}  // namespace cursus
