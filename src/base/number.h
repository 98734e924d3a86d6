// A number that is all of a text.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace cursus {

// Digits of `base`, with a "-" before them where Number is signed. Nothing when anything else stands in
// `text`, when it is empty, or when Number does not hold it.
template <std::integral Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
    Number number = 0;
    const auto [read_to, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || read_to != text.data() + text.size()) return std::nullopt;
    return number;
}

// The same for fractions and exponents; what is not finite is nothing.
template <std::floating_point Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number = 0;
    const auto [read_to, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || read_to != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

}  // namespace cursus
