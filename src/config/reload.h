// What a running server takes over of a configuration that has been changed, and what it cannot.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace cursus {

struct TakenOver {
    Settings settings;  // to be in force from now on: what needs a restart is still as it was
    std::vector<std::string> changed, needs_restart;  // tables and keys, as they are written
};

// Both are checked (config/parse.h).
TakenOver take_over(const Settings& running, Settings next);

}  // namespace cursus
