#include "mail/mime_charset.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.h"
#include "base/utf8.h"
#include "mail/mime_decoder.h"

namespace cursus {
namespace {

constexpr std::uint32_t replacement = 0xfffd;

// Of the octets 0x80 to 0x9f, as readers of mail take them under the name of Latin 1 too; 0: none.
constexpr std::array<std::uint16_t, 32> windows_1252{
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

std::uint32_t windows_1252_point(unsigned char octet) {
    if (octet < 0x80 || octet >= 0xa0) return octet;
    const auto point = windows_1252[octet - 0x80];
    return point == 0 ? replacement : point;
}

std::string from_windows_1252(std::string_view octets) {
    std::string text;
    for (const char c : octets) append_utf8(text, windows_1252_point(static_cast<unsigned char>(c)));
    return text;
}

std::string from_utf8(std::string_view octets) {
    std::string text;
    while (!octets.empty()) {
        const auto length = utf8_sequence_length(octets);
        if (length == 0)
            append_utf8(text, replacement);
        else
            text += octets.substr(0, length);
        octets.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

std::string from_ascii(std::string_view octets) {
    std::string text;
    for (const char c : octets) append_utf8(text, is_ascii(c) ? static_cast<unsigned char>(c) : replacement);
    return text;
}

bool is_surrogate(std::uint32_t unit, std::uint32_t first) {
    return unit >= first && unit < first + 0x400;
}

// RFC 2781 §2.2. Without a mark of its order it is big-endian (RFC 2781 §4.3).
std::string from_utf16(std::string_view octets, bool is_little_endian) {
    std::string text;
    std::optional<std::uint32_t> high;
    for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
        const auto first = static_cast<unsigned char>(octets[i]),
                   second = static_cast<unsigned char>(octets[i + 1]);
        const std::uint32_t unit = is_little_endian ? second << 8 | first : first << 8 | second;
        if (i == 0 && unit == 0xfeff) continue;
        if (i == 0 && unit == 0xfffe) {
            is_little_endian = !is_little_endian;
            continue;
        }
        if (high && is_surrogate(unit, 0xdc00)) {
            append_utf8(text, 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00));
            high.reset();
            continue;
        }
        if (high) append_utf8(text, replacement);
        high.reset();
        if (is_surrogate(unit, 0xd800))
            high = unit;
        else
            append_utf8(text, is_surrogate(unit, 0xdc00) ? replacement : unit);
    }
    if (high) append_utf8(text, replacement);
    return text;
}

// RFC 2152: base 64 of UTF-16 between "+" and whatever is no digit; a "-" there only ends it.
std::string from_utf7(std::string_view octets) {
    std::string text;
    while (!octets.empty()) {
        if (octets.front() != '+') {
            text += octets.front();
            octets.remove_prefix(1);
            continue;
        }
        octets.remove_prefix(1);
        std::size_t end = 0;
        while (end < octets.size() &&
               (is_alpha(octets[end]) || is_digit(octets[end]) || octets[end] == '+' || octets[end] == '/'))
            ++end;
        Base64Decoder decoder;
        std::string units;
        decoder.feed(octets.substr(0, end), units);
        decoder.finish(units);
        const bool is_ended = end < octets.size() && octets[end] == '-';
        text += end == 0 && is_ended ? "+" : from_utf16(units, false);
        octets.remove_prefix(is_ended ? end + 1 : end);
    }
    return from_utf8(text);
}

// ISO 2022, RFC 1468: an escape sequence chooses what the octets behind it mean; "ESC ( B" is ASCII again.
std::string from_iso_2022(std::string_view octets) {
    std::string text;
    bool is_single = true;
    while (!octets.empty()) {
        const char c = octets.front();
        octets.remove_prefix(1);
        if (c != '\x1b') {
            text += is_single ? c : '?';
            continue;
        }
        is_single = octets.starts_with('(');
        while (!octets.empty() && octets.front() >= 0x20 && octets.front() <= 0x2f) octets.remove_prefix(1);
        if (!octets.empty()) octets.remove_prefix(1);
    }
    return from_ascii(text);
}

}  // namespace

std::string to_utf8(std::string_view charset, std::string_view octets) {
    const auto name = to_lower(charset);
    if (name == "utf-16" || name == "utf-16be" || name == "utf16") return from_utf16(octets, false);
    if (name == "utf-16le") return from_utf16(octets, true);
    if (name == "utf-7" || name == "unicode-1-1-utf-7") return from_utf7(octets);
    if (name.starts_with("iso-2022-")) return from_iso_2022(octets);
    if (name == "iso-8859-1" || name == "latin1" || name == "windows-1252" || name == "cp1252")
        return from_windows_1252(octets);
    const bool is_unicode =
        name.empty() || name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii";
    return is_unicode ? from_utf8(octets) : from_ascii(octets);
}

bool has_hidden_control(std::string_view decoded) {
    return std::ranges::any_of(decoded, [](char c) { return is_control(c) && c != '\t'; }) ||
           (is_utf8(decoded) && has_c1_control(decoded));
}

}  // namespace cursus
