#include "adapters/deputy_slots.h"

#include <algorithm>

namespace cursus {

bool DeputySlots::has_room(std::uint32_t uid) const {
    const auto of_user = of_user_.find(uid);
    return running_ < in_all_ && (of_user == of_user_.end() || of_user->second < per_user_);
}

void DeputySlots::count(std::uint32_t uid) {
    ++running_;
    ++of_user_[uid];
}

Task<void> DeputySlots::take(std::uint32_t uid) {
    Waiter waiter{uid, {}};
    {
        const std::lock_guard lock(mutex_);
        if (has_room(uid)) {
            count(uid);
            co_return;
        }
        waiting_.push_back(&waiter);
    }
    co_await waiter.granted.wait();
}

void DeputySlots::release(std::uint32_t uid) {
    Waiter* next = nullptr;
    {
        const std::lock_guard lock(mutex_);
        --running_;
        if (--of_user_[uid] == 0) of_user_.erase(uid);
        const auto found =
            std::ranges::find_if(waiting_, [this](const Waiter* w) { return has_room(w->uid); });
        if (found == waiting_.end()) return;
        next = *found;
        waiting_.erase(found);
        count(next->uid);
    }
    next->granted.set();
}

}  // namespace cursus
