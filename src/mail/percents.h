// The percent-encoding of URIs (RFC 3986 §2.1) and of parameters (RFC 2231 §4), as readers of mail undo it.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// "%41" is "A". A percent sign that no two digits follow stands for itself.
std::string lenient_percent_decoded(std::string_view text);

}  // namespace cursus
