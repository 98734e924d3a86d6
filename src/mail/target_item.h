// One target, cut out of its list.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/target.h"

namespace cursus {

// A target whose text goes to the end of its line, commas and quotes included: ":fail:", ":defer:", "error:".
bool has_text_to_line_end(std::string_view item);

// `item` is UTF-8 without control octets but tabs, and has no white space at its ends. Nullopt: nothing but
// comments stands there. The error is a sentence that says what to write instead.
Result<std::optional<Target>, std::string> parse_target(std::string_view item);

}  // namespace cursus
