#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "config/value.h"

namespace cursus {

// What the configuration may leave to the machine it runs on.
struct SystemDefaults {
    std::string hostname;                   // the machine's own name, used when the file gives none
    std::vector<std::string> aliases = {};  // the same of its lists of aliases: those that it has
};

// The text of a configuration file as settings, or everything that is wrong with it, in the order of the
// file.
Result<Settings, std::vector<ConfigError>> parse_settings(std::string_view text,
                                                          const SystemDefaults& system);

// "FILE:LINE:COLUMN: what is wrong", one line an error, for people and editors.
std::string describe_errors(std::string_view file, const std::vector<ConfigError>& errors);

// Every table and key with its default, its syntax and its help: an annotated configuration file.
std::string manual();

}  // namespace cursus
