#include "mail/xtext.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/number.h"
#include "base/text.h"
#include "base/utf8.h"

namespace cursus {
namespace {

constexpr std::string_view utf8_type = "utf-8";

bool is_xchar(char c) {
    return c > 0x20 && c < 0x7f && c != '+' && c != '=';
}

std::optional<unsigned> upper_hex_digit(char c) {
    return c == to_upper(c) ? hex_digit(c) : std::nullopt;
}

// One character of valid UTF-8 from the front of `text`, not empty.
std::uint32_t take_point(std::string_view& text) {
    const auto first = static_cast<std::uint8_t>(text[0]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::uint32_t point = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        point = point << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3fU);
    text.remove_prefix(length);
    return point;
}

// HEXPOINT of RFC 6533 §3, from the front of `text` up to and with its "}". Control characters are refused.
std::optional<std::uint32_t> take_hexpoint(std::string_view& text) {
    const auto end = text.find('}');
    if (end == std::string_view::npos || end < 2 || end > 6) return std::nullopt;
    const auto point = parse_number<std::uint32_t>(text.substr(0, end), 16);
    if (!point) return std::nullopt;
    const bool is_surrogate = *point >= 0xd800 && *point <= 0xdfff;
    if (*point < 0x20 || (*point >= 0x7f && *point < 0xa0) || is_surrogate || *point > 0x10ffff)
        return std::nullopt;
    text.remove_prefix(end + 1);
    return point;
}

// All three forms of RFC 6533 §3: the escapes are decoded, UTF-8 stands for itself.
std::optional<std::string> decode_unitext(std::string_view text) {
    std::string decoded;
    while (!text.empty()) {
        if (text.starts_with("\\x{")) {
            text.remove_prefix(3);
            const auto point = take_hexpoint(text);
            if (!point) return std::nullopt;
            append_utf8(decoded, *point);
            continue;
        }
        if (is_ascii(text[0]) && (!is_xchar(text[0]) || text[0] == '\\')) return std::nullopt;
        decoded += text[0];
        text.remove_prefix(1);
    }
    if (decoded.empty() || !is_utf8(decoded) || has_c1_control(decoded)) return std::nullopt;
    return decoded;
}

bool is_unitext_literal(std::uint32_t point, bool keep_utf8) {
    if (point >= 0x80) return keep_utf8;
    return is_xchar(static_cast<char>(point)) && point != '\\';
}

std::string to_unitext(std::string_view utf8, bool keep_utf8) {
    std::string encoded;
    while (!utf8.empty()) {
        const auto before = utf8;
        const auto point = take_point(utf8);
        if (is_unitext_literal(point, keep_utf8))
            encoded += before.substr(0, before.size() - utf8.size());
        else
            encoded += fmt::format("\\x{{{:02X}}}", point);
    }
    return encoded;
}

}  // namespace

std::optional<std::string> decode_xtext(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+') {
            if (text.size() - i < 3) return std::nullopt;
            const auto high = upper_hex_digit(text[i + 1]), low = upper_hex_digit(text[i + 2]);
            if (!high || !low) return std::nullopt;
            c = static_cast<char>(*high << 4 | *low);
            if (!is_printable(c)) return std::nullopt;
            i += 2;
        } else if (!is_xchar(c)) {
            return std::nullopt;
        }
        decoded += c;
    }
    return decoded;
}

std::string encode_xtext(std::string_view octets) {
    std::string encoded;
    for (const char c : octets) {
        if (is_xchar(c))
            encoded += c;
        else
            encoded += fmt::format("+{:02X}", static_cast<std::uint8_t>(c));
    }
    return encoded;
}

std::optional<std::string> decode_orcpt(std::string_view value) {
    const auto semicolon = value.find(';');
    if (value.size() > orcpt_octets_max || semicolon == std::string_view::npos || semicolon == 0)
        return std::nullopt;
    const auto type = to_lower(value.substr(0, semicolon));
    if (!std::ranges::all_of(type, [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; }))
        return std::nullopt;
    const auto encoded = value.substr(semicolon + 1);
    const auto address = type == utf8_type ? decode_unitext(encoded) : decode_xtext(encoded);
    if (!address || address->empty()) return std::nullopt;
    return fmt::format("{};{}", type, *address);
}

std::string encode_orcpt(std::string_view original, bool for_smtputf8) {
    const auto semicolon = original.find(';');
    const auto type = original.substr(0, semicolon);
    const auto address =
        semicolon == std::string_view::npos ? std::string_view() : original.substr(semicolon + 1);
    return fmt::format("{};{}", type,
                       type == utf8_type ? to_unitext(address, for_smtputf8) : encode_xtext(address));
}

std::string encode_unitext(std::string_view utf8) {
    return to_unitext(utf8, false);
}

}  // namespace cursus
