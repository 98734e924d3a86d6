#include "queue/destinations.h"

#include <algorithm>

namespace cursus {

std::optional<WallTime> work_time(const DestinationState& state) {
    if (!state.window.empty()) return std::max(WallTime::min(), state.not_before);
    std::optional<WallTime> earliest;
    for (const auto& [lane, from] : state.unknown_from)
        earliest = std::min(earliest.value_or(from.due), from.due);
    if (!earliest) return std::nullopt;
    return std::max(*earliest, state.not_before);
}

DestinationState* DestinationTable::find(const Destination& name) {
    const auto found = states_.find(name);
    return found == states_.end() ? nullptr : found->second.get();
}

DestinationState* DestinationTable::add(const Destination& name, WallTime due) {
    if (auto* known = find(name)) return known;
    if (states_.size() >= destinations_max && !make_room(due)) {
        is_incomplete_ = true;
        return nullptr;
    }
    return states_.emplace(name, std::make_unique<DestinationState>(name)).first->second.get();
}

// Forgets the destination whose turn comes last, if that is after `due`.
bool DestinationTable::make_room(WallTime due) {
    if (later_.empty()) return false;
    auto* last = std::prev(later_.end())->second;
    if (last->listed_at <= due || !last->window.empty()) return false;
    is_incomplete_ = true;
    unlist(*last);
    const auto name = last->name;
    states_.erase(name);
    return true;
}

void DestinationTable::unlist(DestinationState& state) {
    if (state.place == DestinationState::Place::Ready) ready_.erase(state.ready_place);
    if (state.place == DestinationState::Place::Later) later_.erase({state.listed_at, &state});
    if (state.place != DestinationState::Place::Out) state.place = DestinationState::Place::Nowhere;
}

bool DestinationTable::relist(DestinationState& state, WallTime now) {
    using Place = DestinationState::Place;
    if (state.place == Place::Out) return false;
    auto time = work_time(state);
    if (!time && state.not_before > now) time = state.not_before;  // what comes meanwhile must wait as well
    if (!time) {
        unlist(state);
        const auto name = state.name;
        states_.erase(name);
        return false;
    }
    if (*time <= now) {
        if (state.place == Place::Ready) return false;
        unlist(state);
        state.ready_place = ready_.insert(ready_.end(), &state);
        state.place = Place::Ready;
        return true;
    }
    if (state.place == Place::Later && state.listed_at == *time) return false;
    unlist(state);
    state.listed_at = *time;
    later_.insert({*time, &state});
    state.place = Place::Later;
    return later_.begin()->second == &state;
}

DestinationState* DestinationTable::next(WallTime now) {
    while (!later_.empty() && later_.begin()->first <= now) {
        auto* state = later_.begin()->second;
        relist(*state, now);
    }
    if (ready_.empty()) return nullptr;
    auto* state = ready_.front();
    unlist(*state);
    state->place = DestinationState::Place::Out;
    return state;
}

std::optional<WallTime> DestinationTable::next_time() const {
    if (later_.empty()) return std::nullopt;
    return later_.begin()->first;
}

void DestinationTable::is_back(DestinationState& state, WallTime now) {
    if (state.place != DestinationState::Place::Out) return;
    state.place = DestinationState::Place::Nowhere;
    relist(state, now);
}

}  // namespace cursus
