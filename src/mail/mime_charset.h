// Text of a message's character sets as UTF-8, as far as names of files are concerned: what is compared with
// a pattern is ASCII, and hiding it in a character set must not help.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// US-ASCII, UTF-8, -16 and -7, Latin 1, Windows 1252 and the ASCII in ISO 2022. Of any other character set
// ASCII stays and each further octet becomes U+FFFD, unless it is UTF-8 all the same.
std::string to_utf8(std::string_view charset, std::string_view octets);

}  // namespace cursus
