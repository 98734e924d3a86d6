#pragma once

#include <string_view>

#include "base/result.h"
#include "config/value.h"

namespace cursus {

// The text of a TOML file as a table of values with their places.
Result<ConfigTable, ConfigError> read_toml(std::string_view text);

}  // namespace cursus
