// What the configuration does not show by itself: secrets, keys and roots that the server reads when it needs
// them.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace cursus {

// Looks at files as the user whom the server will run as, whom this process is afterwards.
std::vector<std::string> file_warnings(const Settings& settings);

}  // namespace cursus
