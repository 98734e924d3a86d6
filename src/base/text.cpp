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

// In blocks without a branch in them, so that the compiler makes vector instructions of it: whole messages go
// through here.
bool is_ascii(std::string_view text) {
    constexpr std::size_t block = 256;
    while (!text.empty()) {
        const auto front = text.substr(0, block);
        unsigned char all = 0;
        for (const char c : front) all |= static_cast<unsigned char>(c);
        if (!is_ascii(static_cast<char>(all))) return false;
        text.remove_prefix(front.size());
    }
    return true;
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
