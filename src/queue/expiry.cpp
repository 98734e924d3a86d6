#include "queue/expiry.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

constexpr auto look_again_after = std::chrono::minutes{1};   // at what could not be done
constexpr Duration walk_interval = std::chrono::seconds{1};  // what grows old within it goes out in one batch
constexpr std::size_t scan_page = 1'000;
constexpr std::size_t reported_max = 1'000;

}  // namespace

WallTime Expiry::due(const AgeEntry& entry) const {
    const auto& usual = core_.lifetimes.usual();
    switch (entry.stage) {
        case AgeStage::Warn:
            return usual.warn_at(entry.time);
        case AgeStage::GiveUp:
            return usual.give_up_at(entry.time);
        case AgeStage::Look:
            break;
    }
    return entry.time;
}

void Expiry::look_no_later_than(AgeStage stage, WallTime when) {
    auto& next = next_look_[static_cast<std::size_t>(stage)];
    if (when >= next) return;
    next = when;
    changed_.pulse();
}

void Expiry::is_in_store(const AgeEntry& entry) {
    look_no_later_than(entry.stage, due(entry));
}

Task<void> Expiry::run() {
    auto& clock = core_.home.clock();
    while (!is_stopping_) {
        // Look first: it takes away what a release has left of the others.
        for (const auto stage : {AgeStage::Look, AgeStage::GiveUp, AgeStage::Warn}) {
            if (next_look_[static_cast<std::size_t>(stage)] <= core_.wall_now()) co_await walk(stage);
        }
        const auto earliest = clock.now() + walk_interval;
        while (!is_stopping_) {
            const auto sleep = sleep_before(*std::ranges::min_element(next_look_), core_.wall_now());
            const auto until = std::max(clock.now() + sleep, earliest);
            if (clock.now() >= until) break;
            co_await changed_.wait_until(clock, until);
        }
    }
}

// Everything of one stage that is due, page by page, and when to look again.
Task<void> Expiry::walk(AgeStage stage) {
    auto& next_look = next_look_[static_cast<std::size_t>(stage)];
    next_look = WallTime::max();
    const auto end = end_of_prefix(age_prefix(stage));
    auto from = age_prefix(stage);
    bool is_at_end = false;
    while (!is_at_end && !is_stopping_) {
        const auto found = core_.needs.store.scan(from, end, page);
        if (!found) {
            look_no_later_than(stage, later_by(core_.wall_now(), look_again_after));
            co_return;
        }
        is_at_end = found->size() < page;
        auto transaction = std::make_unique<Transaction>();
        for (const auto& entry : *found) {
            from = after_key(entry.key);
            const auto age = parse_age_key(entry.key);
            if (!age) continue;
            if (due(*age) > core_.wall_now()) {
                look_no_later_than(stage, due(*age));
                is_at_end = true;
                break;
            }
            if (look_at(*transaction, *age) == Outcome::Later) {
                look_no_later_than(stage, later_by(core_.wall_now(), look_again_after));
            }
            if (transaction->recipients >= recipients_per_batch) {
                co_await write(std::exchange(transaction, std::make_unique<Transaction>()));
            }
        }
        co_await write(std::move(transaction));
    }
}

Task<void> Expiry::write(std::unique_ptr<Transaction> transaction) {
    const auto reserved = std::exchange(reserved_, {});
    if (!transaction->touched.empty() || !transaction->batch.empty())
        co_await settler_.write(std::move(transaction));
    for (const auto& message : reserved) settler_.release(message);
}

Expiry::Outcome Expiry::look_at(Transaction& transaction, const AgeEntry& entry) {
    if (core_.arrivals.has(entry.message)) return Outcome::Later;
    const auto message = messages_.load(entry.message);
    if (!message) return unreadable(entry.message, message.error());
    if (!*message) {
        transaction.batch.erase(age_key(entry));
        return Outcome::Done;
    }
    const auto outcome = look_at(transaction, entry, *message);
    messages_.drop_if_idle(*message);
    return outcome;
}

Expiry::Outcome Expiry::look_at(Transaction& transaction, const AgeEntry& entry, const LivePtr& message) {
    if (message->is_reserved) return Outcome::Later;
    // A release puts a Look of its own beside the entry that the message may have; from here on it is the
    // one.
    const bool may_have_usual = !message->age || message->age->stage != AgeStage::Look;
    if (!message->age) message->age = entry;
    if (const auto counted = messages_.count(*message); !counted)
        return unreadable(message->id, counted.error());
    auto recipients = recipients_of(message->id);
    if (!recipients) return unreadable(message->id, recipients.error());
    if (message->unsettled == 0 || recipients->empty()) {
        // Its last settlement is on its way, or an earlier one could not see that it was the last.
        if (message->users != 0 || !message->recipients.empty()) return Outcome::Later;
        ledger_.tidy(transaction, message);
        return Outcome::Done;
    }
    const auto found = survey(transaction, entry, message, *std::move(recipients));
    const bool is_anybody_left = found.next_look != WallTime::max();
    if (entry.stage == AgeStage::Look && may_have_usual) ledger_.forget_usual_ages(transaction, *message);
    if (!is_anybody_left && !found.is_held_up) {
        // Its last recipient went with this, and the entry too; or its next release will be looked at.
        if (found.is_in_quarantine) move_on(transaction, entry, std::nullopt, message);
        return Outcome::Done;
    }
    if (found.are_usual && entry.stage != AgeStage::Look) {
        if (!is_anybody_left) return Outcome::Later;
        move_on(transaction, entry, AgeEntry{AgeStage::GiveUp, message->envelope->arrived, message->id},
                message);
        return Outcome::Done;
    }
    auto next = found.next_look;
    if (found.is_held_up) next = std::min(next, later_by(core_.wall_now(), look_again_after));
    move_on(transaction, entry, AgeEntry{AgeStage::Look, next, message->id}, message);
    return Outcome::Done;
}

// Everybody's times that have come since the last look are acted upon. What a [retry] or [[domain]] that is
// new has put into the past is caught up with as far as the entry tells what was done before.
Expiry::Survey Expiry::survey(Transaction& transaction, const AgeEntry& entry, const LivePtr& message,
                              Recipients recipients) {
    auto warned_before = entry.time;
    if (entry.stage == AgeStage::Warn) warned_before = WallTime::min();
    if (entry.stage == AgeStage::GiveUp) warned_before = WallTime::max();
    const auto now = core_.wall_now();
    Survey found;
    for (auto& [number, record] : recipients) {
        found.is_in_quarantine |= record.held.has_value();
        if (record.held) continue;
        const auto times = core_.lifetimes.times_of(*message->envelope, record);
        found.are_usual &= times.are_usual;
        if (times.give_up_at <= now) {
            found.is_held_up |= !give_up(transaction, message, number, std::move(record));
            continue;
        }
        if (times.warns_between(warned_before, now)) {
            const bool is_overdue = times.is_overdue_between(warned_before, now);
            warn(transaction, message, number, record, is_overdue ? Warning::Overdue : Warning::Usual);
        }
        found.next_look = std::min(found.next_look, times.next_after(now));
    }
    return found;
}

void Expiry::warn(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                  const RecipientRecord& record, Warning warning) {
    const auto known = message->recipients.find(number);
    // What is being settled either needs no warning or was heard of a moment ago.
    if (known != message->recipients.end() && known->second.phase == RecipientPhase::Settling) return;
    ledger_.delayed(transaction, message, record, last_answer(record), warning);
}

// False: it is leased and may just be delivered. The end comes with its settlement, or the next time.
bool Expiry::give_up(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                     RecipientRecord record) {
    if (messages_.is_busy({message->id, number})) return false;
    const auto& known = messages_.adopt(*message, number, std::move(record)).record;
    ledger_.expired(transaction, message, number, last_answer(known));
    return true;
}

void Expiry::move_on(Transaction& transaction, const AgeEntry& from, const std::optional<AgeEntry>& to,
                     const LivePtr& message) {
    ledger_.aged(transaction, message, from, to);
    settler_.reserve(message);
    reserved_.push_back(message);
    if (to) look_no_later_than(to->stage, due(*to));
}

std::optional<LastAnswer> Expiry::last_answer(const RecipientRecord& record) {
    const auto* destination = schedule_.find(record.destination);
    if (destination == nullptr || !destination->trouble) return record.last;
    if (record.last && record.last->at > destination->trouble->answer.at) return record.last;
    return destination->trouble->answer;
}

Result<Expiry::Recipients, LoadError> Expiry::recipients_of(MessageId message) const {
    Recipients recipients;
    const auto prefix = recipients_prefix(message);
    const auto end = end_of_prefix(prefix);
    auto from = prefix;
    for (;;) {
        const auto found = core_.needs.store.scan(from, end, scan_page);
        if (!found)
            return failure(LoadError{found.error().kind == StoreErrorKind::Damaged, found.error().what});
        for (const auto& entry : *found) {
            const auto key = parse_recipient_key(entry.key);
            auto record = decode_recipient(entry.value);
            if (!key || !record)
                return failure(LoadError{true, record ? "a recipient's key" : record.error()});
            recipients.emplace_back(key->number, *std::move(record));
        }
        if (found->size() < scan_page) return recipients;
        from = after_key(found->back().key);
    }
}

Expiry::Outcome Expiry::unreadable(MessageId message, const LoadError& error) {
    if (!error.is_lasting) return Outcome::Later;
    if (reported_.size() < reported_max && reported_.insert(message).second) {
        core_.emit({.at = core_.wall_now(),
                    .session = {},
                    .message = message,
                    .body = Trouble{"queue", error.what}});
    }
    return Outcome::Done;
}

void Expiry::stop() {
    is_stopping_ = true;
    changed_.set();
}

}  // namespace cursus
