// RFC 3986 §2.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// "a b" as "a%20b": for the parts of a target, and of a form.
std::string percent_encoded(std::string_view text);
// The way back; "+" is a space, as forms have it.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace cursus
