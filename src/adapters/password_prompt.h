#pragma once

#include <string>

#include "base/result.h"

namespace cursus {

// A new password: asked for twice on a terminal, which does not show it; otherwise the first line of standard
// input. The caller wipes it. The error is for people.
Result<std::string, std::string> ask_new_password(const std::string& account);

}  // namespace cursus
