#include "base/utf8.h"

namespace cursus {
namespace {

struct Lead {
    std::size_t length;
    std::uint8_t second_least,
        second_most;  // the second octet's range rules out overlong forms and surrogates
};

constexpr Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, 0, 0};
    if (byte < 0xc2) return {0, 0, 0};
    if (byte < 0xe0) return {2, 0x80, 0xbf};
    if (byte == 0xe0) return {3, 0xa0, 0xbf};
    if (byte == 0xed) return {3, 0x80, 0x9f};
    if (byte < 0xf0) return {3, 0x80, 0xbf};
    if (byte == 0xf0) return {4, 0x90, 0xbf};
    if (byte < 0xf4) return {4, 0x80, 0xbf};
    if (byte == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
    if (text.empty()) return 0;
    const Lead lead = lead_of(static_cast<unsigned char>(text[0]));
    if (lead.length > text.size()) return 0;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto least = i == 1 ? lead.second_least : std::uint8_t{0x80};
        const auto most = i == 1 ? lead.second_most : std::uint8_t{0xbf};
        if (byte < least || byte > most) return 0;
    }
    return lead.length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8_sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

void append_utf8(std::string& text, std::uint32_t point) {
    const auto tail = [point](unsigned shift) { return static_cast<char>(0x80 | (point >> shift & 0x3f)); };
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += {static_cast<char>(0xc0 | point >> 6), tail(0)};
    } else if (point < 0x10000) {
        text += {static_cast<char>(0xe0 | point >> 12), tail(6), tail(0)};
    } else {
        text += {static_cast<char>(0xf0 | point >> 18), tail(12), tail(6), tail(0)};
    }
}

}  // namespace cursus
