// Base 64, RFC 4648 §4: one line, padded, nothing else in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

std::string to_base64(std::string_view octets);
std::optional<std::string> from_base64(std::string_view text);  // nothing: it is not that

}  // namespace cursus
