// Text from outside as it may go to a terminal or into a line of text.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// Octets of the control character at the front of `text`: 1 for C0 and DEL, 2 for C1 (U+0080 to U+009F, which
// some terminals obey); 0 when there is none.
std::size_t control_length(std::string_view text);

// Control characters, and what is not UTF-8, are written as \xNN.
void append_printable(std::string& out, std::string_view text);
std::string printable(std::string_view text);

}  // namespace cursus
