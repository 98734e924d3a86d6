// What every parser asks of octets. ASCII only where case is concerned: no locale, ever.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr bool is_printable(char c) {
    return c >= 0x20 && c < 0x7f;
}  // ASCII, space included
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

constexpr std::optional<unsigned> hex_digit(char c) {  // of either case
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (to_lower(c) >= 'a' && to_lower(c) <= 'f') return static_cast<unsigned>(to_lower(c) - 'a' + 10);
    return std::nullopt;
}

// Between words, RFC 5234 WSP.
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

inline constexpr std::string_view line_end = "\r\n";  // RFC 5321 §2.3.8

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool is_ascii(std::string_view text);
bool has_control(std::string_view text);     // CR, LF, NUL and the other octets below 0x20, and 0x7f
bool has_c1_control(std::string_view utf8);  // U+0080 to U+009F: some terminals obey them

}  // namespace cursus
