// Which keys a [[table]] of each kind takes, and what is wrong with one that was written otherwise.
#pragma once

#include <vector>

#include "config/check.h"
#include "config/settings.h"

namespace cursus {

void check_tables(const Settings& settings, const ConfigPlaces& places, std::vector<ConfigError>& errors);

}  // namespace cursus
