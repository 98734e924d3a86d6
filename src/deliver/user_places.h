// How many deliveries as one user run at once, and how many wait for that: a user whose command or lock takes
// long must not hold up everybody's mail.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "runtime/event.h"
#include "runtime/task.h"

namespace cursus {

inline constexpr std::size_t copies_per_user_max = 3;  // fewer than the deputy does: one is left for reading
inline constexpr std::size_t waiting_per_user_max = 24;

// Home reactor only.
class UserPlaces {
public:
    // Waits for one; false: too many wait already.
    Task<bool> take(std::string user);
    void give_back(const std::string& user);

private:
    struct Places {
        std::size_t used = 0, waiting = 0;
        Event freed;
    };
    std::unordered_map<std::string, std::unique_ptr<Places>> users_;  // those with a delivery
};

}  // namespace cursus
