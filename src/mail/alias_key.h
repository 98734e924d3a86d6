// The keys of alias files, brought to one form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/alias_file.h"

namespace cursus {

// ASCII letters lowered, quotes only where they must be, a domain as A-labels if it can be. The error is a
// sentence that says what to write instead.
Result<std::string, std::string> alias_key(std::string_view text, BareKey bare_key);

}  // namespace cursus
