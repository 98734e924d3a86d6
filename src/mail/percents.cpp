#include "mail/percents.h"

#include <optional>

#include "base/text.h"

namespace cursus {

std::string lenient_percent_decoded(std::string_view text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        octets += low ? static_cast<char>(*high << 4 | *low) : text[i];
        if (low) i += 2;
    }
    return octets;
}

}  // namespace cursus
