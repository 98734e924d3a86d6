// How many questions are open at a time, on one reactor: who comes later waits for a place.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "runtime/event.h"

namespace cursus {

class Places {
public:
    explicit Places(std::size_t count) : free_(count) {}
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    // Given back when it is destroyed.
    class Place {
    public:
        explicit Place(Places& places) : places_(&places) { --places_->free_; }
        Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (places_ == nullptr) return;
            ++places_->free_;
            places_->freed_.pulse();
        }

    private:
        Places* places_;
    };

    // Nothing: none was free before the deadline.
    Task<std::optional<Place>> take(Clock& clock, Instant deadline) {
        while (free_ == 0) {
            const Woken woken = co_await freed_.wait_until(clock, deadline);
            if (woken == Woken::ByDeadline && free_ == 0) co_return std::nullopt;
        }
        co_return Place(*this);
    }

private:
    std::size_t free_;
    Event freed_;
};

}  // namespace cursus
