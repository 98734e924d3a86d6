// What no single key can tell of rules and of what they ask.
#pragma once

#include <vector>

#include "config/check.h"
#include "config/settings.h"

namespace cursus {

void check_policy(const Settings& settings, const ConfigPlaces& places, std::vector<ConfigError>& errors);

}  // namespace cursus
