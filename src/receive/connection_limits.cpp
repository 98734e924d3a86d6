#include "receive/connection_limits.h"

#include <algorithm>
#include <utility>

namespace cursus {

ConnectionLimits::Outcome ConnectionLimits::take(const IpAddress& address, bool is_exempt) {
    const IpAddress client = client_of(address);
    const std::lock_guard lock(mutex_);
    if (total_ >= total_max_) return {std::nullopt, OverLimit::Total};
    const auto entry = by_client_.try_emplace(client, 0U).first;
    if (entry->second >= per_client_max_ && !is_exempt) {
        if (entry->second == 0) by_client_.erase(entry);
        return {std::nullopt, OverLimit::Client};
    }
    ++total_;
    ++entry->second;
    return {Place(this, client), OverLimit::Total};
}

void ConnectionLimits::give_back(const IpAddress& client) {
    const std::lock_guard lock(mutex_);
    --total_;
    const auto entry = by_client_.find(client);
    if (--entry->second == 0) by_client_.erase(entry);
}

std::size_t ConnectionLimits::connections() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

ConnectionLimits::Place::Place(Place&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)), client_(other.client_) {}

ConnectionLimits::Place& ConnectionLimits::Place::operator=(Place&& other) noexcept {
    std::swap(limits_, other.limits_);
    std::swap(client_, other.client_);
    return *this;
}

ConnectionLimits::Place::~Place() {
    if (limits_ != nullptr) limits_->give_back(client_);
}

}  // namespace cursus
