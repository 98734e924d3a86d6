// What readers of mail can take for a parameter's value, where it is written in one of the ways of RFC 2231
// or in several at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/mime_value.h"

namespace cursus {

struct ParameterReadings {
    std::vector<std::string> best;    // as the RFCs have it, one for each time and way it is written; UTF-8
    std::vector<std::string> others;  // of readers that know less, or forgive more
    bool is_plain = true;             // it is written as NAME=, if at all
    bool has_odd_pieces = false;      // its pieces are not numbered as RFC 2231 §3 wants, or not all there
};

// `name` is lower-case and has no asterisk.
ParameterReadings read_parameter(const MimeValue& value, std::string_view name);

}  // namespace cursus
