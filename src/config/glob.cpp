#include "config/glob.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {
namespace {

// An octet that is no UTF-8 counts as one character.
std::size_t character_length(std::string_view text) {
    return std::max<std::size_t>(utf8_sequence_length(text), 1);
}

}  // namespace

Result<Glob, std::string> Glob::parse(std::string_view text) {
    if (text.empty()) return failure(std::string("a name pattern is not empty"));
    if (text.size() > glob_octets_max)
        return failure(fmt::format("a name pattern has {} octets at most", glob_octets_max));
    if (has_control(text)) return failure(std::string("a control character stands in this pattern"));
    if (!is_utf8(text)) return failure(std::string("this pattern is not UTF-8"));
    return Glob(to_lower(text));
}

// When something does not fit, the last star takes one character more, and no star before it ever has to: the
// leftmost place where what stands between two stars fits is the best there is.
bool Glob::matches(std::string_view name) const {
    struct Star {
        std::size_t after_it;  // in the pattern
        std::size_t taken_to;  // in the name
    };
    std::optional<Star> star;
    std::size_t p = 0, n = 0;
    while (n < name.size()) {
        const char wanted = p < text_.size() ? text_[p] : '\0';
        if (wanted == '*') {
            star = Star{++p, n};
        } else if (wanted == '?') {
            ++p;
            n += character_length(name.substr(n));
        } else if (p < text_.size() && wanted == to_lower(name[n])) {
            ++p;
            ++n;
        } else if (star) {
            p = star->after_it;
            n = star->taken_to += character_length(name.substr(star->taken_to));
        } else {
            return false;
        }
    }
    return text_.find_first_not_of('*', p) == std::string::npos;
}

}  // namespace cursus
