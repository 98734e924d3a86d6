// RFC 4648 §4, as SASL writes octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

std::string to_base64(std::string_view octets);
// Nothing: it is not base64, padded and without anything else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace cursus
