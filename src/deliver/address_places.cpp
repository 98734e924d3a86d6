#include "deliver/address_places.h"

namespace cursus {

Task<std::optional<AddressPlaces::Place>> AddressPlaces::take(std::string address, Clock& clock) {
    Entry& entry = *by_address_.try_emplace(std::move(address)).first;  // stays while a place is used
    Places& places = entry.second;
    if (places.used < copies_per_address_max) {
        ++places.used;
        co_return Place(*this, entry);
    }
    Event granted;
    const auto waiter = places.waiting.insert(places.waiting.end(), &granted);
    co_await wait(granted, clock);
    if (granted.is_set()) co_return Place(*this, entry);
    places.waiting.erase(waiter);
    co_return std::nullopt;
}

Task<void> AddressPlaces::wait(Event& granted, Clock& clock) {
    const bool is_patient = waiting_ < patient_max;
    ++waiting_;
    if (is_patient) {
        co_await granted.wait();
    } else {
        const Instant deadline = clock.now() + impatient_wait;
        co_await granted.wait_until(clock, deadline);
    }
    --waiting_;
}

// To the one who has waited longest.
void AddressPlaces::give_back(Entry& entry) {
    Places& places = entry.second;
    if (!places.waiting.empty()) {
        Event* const next = places.waiting.front();
        places.waiting.pop_front();
        return next->set();
    }
    if (--places.used == 0) by_address_.erase(by_address_.find(entry.first));
}

}  // namespace cursus
