// What no single key can tell of listeners, TLS, authentication and submission.
#pragma once

#include <vector>

#include "config/check.h"
#include "config/settings.h"

namespace cursus {

void check_access(const Settings& settings, const ConfigPlaces& places, std::vector<ConfigError>& errors);

}  // namespace cursus
