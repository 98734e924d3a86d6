#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cursus {

// Octets of the well-formed UTF-8 sequence (RFC 3629 §4) at the front of `text`: 1 to 4; 0 when there is
// none.
std::size_t utf8_sequence_length(std::string_view text);

bool is_utf8(std::string_view text);

// RFC 3629 §3; `point` is a scalar value.
void append_utf8(std::string& text, std::uint32_t point);

}  // namespace cursus
