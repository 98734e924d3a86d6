// How many jobs of the deputy run at once, in all and for each user, so that one whose home directory hangs
// does not take every place.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

#include "runtime/event.h"
#include "runtime/task.h"

namespace cursus {

class DeputySlots {
public:
    DeputySlots(std::size_t in_all, std::size_t per_user) : in_all_(in_all), per_user_(per_user) {}

    // One place, given back when it is destroyed.
    class Slot {
    public:
        Slot(DeputySlots& slots, std::uint32_t uid) : slots_(slots), uid_(uid) {}
        ~Slot() { slots_.release(uid_); }
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;

    private:
        DeputySlots& slots_;
        std::uint32_t uid_;
    };
    // From any reactor. Returns when there is a place, which the caller wraps in a Slot; in order, but for
    // users who have all of theirs.
    Task<void> take(std::uint32_t uid);

private:
    struct Waiter {
        std::uint32_t uid;
        Signal granted;
    };
    bool has_room(std::uint32_t uid) const;
    void count(std::uint32_t uid);
    void release(std::uint32_t uid);

    std::size_t in_all_, per_user_;
    std::mutex mutex_;
    std::size_t running_ = 0;
    std::unordered_map<std::uint32_t, std::size_t> of_user_;
    std::list<Waiter*> waiting_;  // each on its task's frame
};

}  // namespace cursus
