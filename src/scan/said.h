// Words of a helper program as they may stand in our sentences, fields and replies.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

inline constexpr std::size_t said_octets_max = 200;

// Printable ASCII: what is none becomes a question mark. Cut off behind `octets_max`.
std::string as_said(std::string_view text, std::size_t octets_max = said_octets_max);

// Whether a scanner's name of one of its rules may stand among our words: printable ASCII without spaces, and
// not too long.
bool is_symbol(std::string_view name);

}  // namespace cursus
