#include "queue/schedule.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

constexpr int barren_destinations_max = 64;  // looked at in one go before others may run

DuePosition position_of(const LiveMessage& message, std::uint32_t number, const RecipientRecord& record) {
    return {.due = record.due, .recipient = {.message = message.id, .number = number}};
}

}  // namespace

void Schedule::changed(DestinationState& state) {
    state.work.pulse();
    const bool may_be_earlier = table_.relist(state, wall_now());
    count_destinations();
    if (may_be_earlier) changed_.pulse();
}

void Schedule::lower(DestinationState& state, Lane lane, const DuePosition& position) {
    const auto [known, is_new] = state.unknown_from.emplace(lane, position);
    if (!is_new) known->second = std::min(known->second, position);
}

void Schedule::is_in_store(const Destination& destination, Lane lane, const DuePosition& position) {
    auto* state = table_.add(destination, position.due);
    if (state == nullptr) return;
    lower(*state, lane, position);
    changed(*state);
}

// Puts a recipient into the window if it is due and there is room.
bool Schedule::enter(DestinationState& state, const LivePtr& message, std::uint32_t number, WallTime now) {
    const auto& record = message->recipients.at(number).record;
    if (record.due > now || state.not_before > now) return false;
    if (fresh_ >= fresh_max || state.fresh >= fresh_per_destination_max) return false;
    const WindowPlace place{message->lane(), position_of(*message, number, record)};
    const auto [entry, is_new] = state.window.emplace(place, message);
    if (is_new || !entry->second) {
        entry->second = message;
        ++state.fresh;
        ++fresh_;
    }
    message->body->may_be_given_up();
    return true;
}

void Schedule::forget_waiting(const LivePtr& message, std::uint32_t number) {
    message->recipients.erase(number);
    needs_.messages.drop_if_idle(message);
}

void Schedule::arrived(const LivePtr& message) {
    needs_.messages.add(message);
    const auto count = message->recipients.size();
    for (auto next = message->recipients.begin(); next != message->recipients.end() && !is_stopping_;) {
        const auto& [number, recipient] = *next++;
        if (recipient.record.held) {
            forget_waiting(message, number);
        } else {
            give_back(message, number);
        }
    }
    if (count == 0) needs_.messages.drop_if_idle(message);
}

void Schedule::give_back(const LivePtr& message, std::uint32_t number) {
    auto& recipient = message->recipients.at(number);
    recipient.phase = RecipientPhase::Waiting;
    recipient.lease.reset();
    const auto position = position_of(*message, number, recipient.record);
    auto* state = is_stopping_ ? nullptr : table_.add(recipient.record.destination, position.due);
    if (state == nullptr) return forget_waiting(message, number);
    if (!enter(*state, message, number, wall_now())) {
        lower(*state, message->lane(), position);
        forget_waiting(message, number);
    }
    changed(*state);
}

void Schedule::leave(DestinationState& state, Lane lane, const DuePosition& position) {
    const auto entry = state.window.find({lane, position});
    if (entry == state.window.end()) return;
    if (entry->second) {
        --state.fresh;
        --fresh_;
    }
    state.window.erase(entry);
}

void Schedule::withdraw(const RecipientRecord& record, Lane lane, const RecipientKey& recipient) {
    auto* state = table_.find(record.destination);
    if (state == nullptr) return;
    leave(*state, lane, {.due = record.due, .recipient = recipient});
    table_.relist(*state, wall_now());
    count_destinations();
}

// Everything of the window is in the store as well: that is where it is found again.
void Schedule::close_window(DestinationState& state) {
    for (auto& [place, message] : std::exchange(state.window, {})) {
        lower(state, place.lane, place.position);
        if (message) forget_waiting(message, place.position.recipient.number);
    }
    fresh_ -= std::exchange(state.fresh, 0);
}

// Reads the next page of one lane; false when the store failed.
bool Schedule::refill(DestinationState& state, Lane lane, DuePosition from, WallTime now) {
    const auto page = needs_.store.scan(due_key(state.name, lane, from),
                                        end_of_prefix(lane_prefix(state.name, lane)), refill_page);
    if (!page) {
        back_off(state, page.error().what);
        return false;
    }
    std::optional<DuePosition> next;
    for (const auto& entry : *page) {
        const auto due = parse_due_key(entry.key);
        if (!due) {
            trouble("a key of the due index does not read as one");
            continue;
        }
        next = due->position;
        if (due->position.due > now) break;
        const auto& recipient = due->position.recipient;
        if (needs_.messages.is_busy(recipient) || needs_.arrivals.has(recipient.message)) continue;
        state.window.emplace(WindowPlace{lane, due->position}, nullptr);
    }
    const bool is_whole = page->size() < refill_page && (!next || next->due <= now);
    if (is_whole || !next) {
        state.unknown_from.erase(lane);
    } else {
        state.unknown_from.insert_or_assign(lane, *next);
    }
    return true;
}

// Reads what is due before anything that the window holds.
bool Schedule::refill(DestinationState& state, WallTime now) {
    const auto lanes = state.unknown_from;
    for (const auto& [lane, from] : lanes) {
        if (from.due > now) continue;
        const auto first = state.window.lower_bound({lane, DuePosition{WallTime::min(), {}}});
        if (first != state.window.end() && first->first.lane == lane && first->first.position < from)
            continue;
        if (!refill(state, lane, from, now)) return false;
    }
    return true;
}

bool Schedule::has_due_work(DestinationState& state, WallTime now) {
    if (state.not_before > now) return false;
    return refill(state, now) && !state.window.empty();
}

Task<std::optional<Destination>> Schedule::next_destination() {
    int barren = 0;
    while (!is_stopping_) {
        const auto now = wall_now();
        auto* state = table_.next(now);
        if (state != nullptr && has_due_work(*state, now)) co_return state->name;
        if (state != nullptr) {
            table_.is_back(*state, now);
            if (++barren % barren_destinations_max == 0)
                co_await needs_.clock.sleep_until(needs_.clock.now());
            continue;
        }
        const auto next = table_.next_time();
        const auto sleep = next ? sleep_before(*next, now) : wall_look_interval;
        co_await changed_.wait_until(needs_.clock, needs_.clock.now() + sleep);
    }
    co_return std::nullopt;
}

void Schedule::release(const Destination& destination) {
    auto* state = table_.find(destination);
    if (state == nullptr) return;
    state->work.pulse();
    table_.is_back(*state, wall_now());
    count_destinations();
    changed_.pulse();
}

void Schedule::park(const Destination& destination, WallTime until, ParkedFor trouble_seen) {
    auto* state = table_.add(destination, until);
    if (state == nullptr) return;
    state->not_before = until;
    state->trouble = std::move(trouble_seen);
    close_window(*state);
    release(destination);
    if (auto* still = table_.find(destination)) table_.relist(*still, wall_now());
}

void Schedule::unpark(const Destination& destination) {
    auto* state = table_.find(destination);
    if (state == nullptr) return;
    state->not_before = WallTime::min();
    changed(*state);
}

void Schedule::stop() {
    is_stopping_ = true;
    changed_.set();
    table_.each([this](DestinationState& state) {
        close_window(state);
        state.work.set();
    });
}

}  // namespace cursus
