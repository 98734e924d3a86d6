// The rules for a message's octets once more, one octet at a time and slowly, to hold the fast ones against.
#pragma once

#include <optional>
#include <string_view>

#include "mail/text_check.h"

namespace cursus::fuzz {

// `text` is the whole message; lines are not looked at for their length.
inline std::optional<DataViolation> violation_of(std::string_view text, std::size_t octets_max) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool follows_cr = i > 0 && text[i - 1] == '\r';
        if (i >= octets_max) return DataViolation::TooBig;
        if (text[i] == '\n' && !follows_cr) return DataViolation::BareLf;
        if (text[i] != '\n' && follows_cr) return DataViolation::BareCr;
        if (text[i] == '\0') return DataViolation::Nul;
    }
    if (text.ends_with('\r')) return DataViolation::BareCr;
    return std::nullopt;
}

}  // namespace cursus::fuzz
