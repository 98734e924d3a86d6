// How many copies for one local address are under way at once: where a command, a lock or a home directory
// takes long, the others are to get their mail all the same.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime/event.h"
#include "runtime/task.h"

namespace cursus {

inline constexpr std::size_t copies_per_address_max = 32;
// So many may wait as long as it takes. Whoever comes then waits no longer than others' mail may be held up;
// where deliveries are quick, that is enough.
inline constexpr std::size_t patient_max = 256;
inline constexpr Duration impatient_wait = std::chrono::seconds{60};

// Home reactor only.
class AddressPlaces {
    struct Places {
        std::size_t used = 0;
        std::list<Event*> waiting;  // in order; each on its task's frame, set when the place is its own
    };
    using Entry = std::pair<const std::string, Places>;

public:
    // Given back when it is destroyed. Does not outlive the places.
    class Place {
    public:
        Place(AddressPlaces& places, Entry& entry) : places_(&places), entry_(&entry) {}
        Place(Place&& other) noexcept
            : places_(std::exchange(other.places_, nullptr)), entry_(other.entry_) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (places_ != nullptr) places_->give_back(*entry_);
        }

    private:
        AddressPlaces* places_;  // null once moved from
        Entry* entry_;
    };

    // Nullopt: many wait, and there was none in time.
    Task<std::optional<Place>> take(std::string address, Clock& clock);

private:
    Task<void> wait(Event& granted, Clock& clock);
    void give_back(Entry& entry);

    std::size_t waiting_ = 0;
    std::unordered_map<std::string, Places> by_address_;  // those in use
};

}  // namespace cursus
