// Text of a message's character sets as UTF-8, as far as names of files are concerned: what is compared with
// a pattern is ASCII, and hiding it in a character set must not help.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// US-ASCII, UTF-8, -16 and -7, Latin 1, Windows 1252 and the ASCII in ISO 2022. Of any other character set
// ASCII stays and each further octet becomes U+FFFD: two of its octets may look like a character of UTF-8.
std::string to_utf8(std::string_view charset, std::string_view octets);

// Whether a text that was decoded brings control characters to light. A tab is white space, as in folds (RFC
// 5322 §3.2.2); in octets that are not UTF-8 nothing is known to be of C1.
bool has_hidden_control(std::string_view decoded);

}  // namespace cursus
