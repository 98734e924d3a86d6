// RFC 4648 §5, without padding, as RFC 7515 writes octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// Nothing: it holds another character, or bits that no encoder would set.
std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64url(std::string_view octets);

}  // namespace cursus
