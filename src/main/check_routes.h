// What the configuration does not show by itself about hosts that we log in at, or that must prove who they
// are.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace cursus {

// Looks at files as the user whom the server will run as, whom this process is afterwards.
std::vector<std::string> route_warnings(const Settings& settings);

}  // namespace cursus
