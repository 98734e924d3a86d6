// Finds the destinations that have work by skipping through the due index: a step for each destination and
// lane, however many entries they have. Home reactor only.
#pragma once

#include <functional>

#include "queue/core.h"
#include "queue/schedule.h"

namespace cursus {

class Discovery {
public:
    static constexpr int steps_per_turn = 32;  // before others may run

    Discovery(Core& core, Schedule& schedule) : core_(core), schedule_(schedule) {}

    // Once at the start, and again while there are more destinations than memory holds. Until stop().
    Task<void> run();
    void stop();

private:
    Task<bool> walk();

    Core& core_;
    Schedule& schedule_;
    Event stopped_;
};

}  // namespace cursus
