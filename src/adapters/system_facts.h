// What a program asks the machine once, before anything runs.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace cursus {

// The machine's full name as the resolver's files know it; its short name, or nothing, when there is none.
std::string full_host_name();

// For what happens before there is a world with a clock.
WallTime wall_time();

// Whether a person reads standard error.
bool standard_error_is_terminal();

// All of `text` to standard error; what cannot be written is lost, as there is nobody left to tell.
void write_standard_error(std::string_view text);

}  // namespace cursus
