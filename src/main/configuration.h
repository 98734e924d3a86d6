#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"

namespace cursus {

// Reads and checks the configuration file. The error is what to print: one line a mistake, with file, line,
// column.
Result<Settings, std::string> load_configuration(const std::string& path);

}  // namespace cursus
