#include "deliver/user_places.h"

namespace cursus {

Task<bool> UserPlaces::take(std::string user) {
    auto& entry = users_[user];
    if (!entry) entry = std::make_unique<Places>();
    Places& places = *entry;  // stays while somebody uses or waits for one
    if (places.used >= copies_per_user_max && places.waiting >= waiting_per_user_max) co_return false;
    ++places.waiting;
    while (places.used >= copies_per_user_max) co_await places.freed.wait();
    --places.waiting;
    ++places.used;
    co_return true;
}

void UserPlaces::give_back(const std::string& user) {
    const auto found = users_.find(user);
    Places& places = *found->second;
    --places.used;
    if (places.used == 0 && places.waiting == 0)
        users_.erase(found);
    else
        places.freed.pulse();
}

}  // namespace cursus
