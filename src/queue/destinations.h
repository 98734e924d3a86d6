// The destinations that have work, as a cache of the due index: whose turn it is now, whose comes when.
// Bounded: when there are more, those whose work is due last are forgotten and found again later. Home
// reactor only.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "queue/messages.h"
#include "queue/wall.h"
#include "runtime/event.h"

namespace cursus {

struct WindowPlace {
    Lane lane = 0;
    DuePosition position;
    friend auto operator<=>(const WindowPlace&, const WindowPlace&) = default;
};

// Why a destination was parked last.
struct ParkedFor {
    LastAnswer answer;
    std::uint32_t failures = 0;  // in a row
};

struct DestinationState {
    enum class Place : std::uint8_t { Nowhere, Ready, Later, Out };

    explicit DestinationState(Destination its_name) : name(std::move(its_name)) {}

    Destination name;
    // Due work in memory. Null: known by its key alone, not yet read.
    std::map<WindowPlace, LivePtr> window;
    std::size_t fresh = 0;  // of the window, those with their message
    // Where the part of each lane begins of which memory knows nothing; a lane that is not here is known
    // whole. Its due time is the earliest at which there can be something.
    std::map<Lane, DuePosition> unknown_from;
    WallTime not_before = WallTime::min();  // parked until then
    std::optional<ParkedFor> trouble;
    Event work;               // for its taker
    std::uint32_t calls = 0;  // of call_off()

    // The table's own.
    Place place = Place::Nowhere;
    std::list<DestinationState*>::iterator ready_place;
    WallTime listed_at{};
};

class DestinationTable {
public:
    static constexpr std::size_t destinations_max = 50'000;

    DestinationState* find(const Destination& name);
    // Null: there is no room for one whose work is due at `due`; the table is incomplete from now on.
    DestinationState* add(const Destination& name, WallTime due);
    // To be called after every change of a destination's work. Forgets it when it has none and is not out.
    // True when there may now be a turn earlier than any known before.
    bool relist(DestinationState& state, WallTime now);

    // The one whose turn it is, which is out from then on; null when there is none.
    DestinationState* next(WallTime now);
    std::optional<WallTime> next_time() const;            // of those whose turn comes later
    void is_back(DestinationState& state, WallTime now);  // no longer out: behind all that are ready

    bool take_incomplete() { return std::exchange(is_incomplete_, false); }
    bool is_incomplete() const { return is_incomplete_; }
    std::size_t size() const { return states_.size(); }
    template <class Visit>
    void each(Visit visit) {
        for (auto& [name, state] : states_) visit(*state);
    }

private:
    // Destinations of one moment by name: by address, a run could not be told again.
    struct EarlierTurn {
        bool operator()(const std::pair<WallTime, DestinationState*>& a,
                        const std::pair<WallTime, DestinationState*>& b) const {
            return std::tie(a.first, a.second->name) < std::tie(b.first, b.second->name);
        }
    };

    void unlist(DestinationState& state);
    bool make_room(WallTime due);

    std::unordered_map<Destination, std::unique_ptr<DestinationState>> states_;
    std::list<DestinationState*> ready_;  // first come, first served
    std::set<std::pair<WallTime, DestinationState*>, EarlierTurn> later_;
    bool is_incomplete_ = false;
};

// When there can be work; nullopt: never.
std::optional<WallTime> work_time(const DestinationState& state);

}  // namespace cursus
