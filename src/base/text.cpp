#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace cursus {
std::string to_lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return to_lower(c); });
    return result;
}

std::string to_upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return to_upper(c); });
    return result;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_ascii(c); });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return is_control(c); });
}

bool has_c1_control(std::string_view utf8) {
    for (std::size_t i = 0; i + 1 < utf8.size(); ++i) {
        if (static_cast<std::uint8_t>(utf8[i]) == 0xc2 && static_cast<std::uint8_t>(utf8[i + 1]) < 0xa0)
            return true;
    }
    return false;
}

}  // namespace cursus
