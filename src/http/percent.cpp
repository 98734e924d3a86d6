#include "http/percent.h"

#include <iterator>

#include <fmt/format.h>

#include "base/number.h"

namespace cursus {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos) {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const auto digits = text.substr(i + 1, 2);
            const auto value = parse_number<unsigned>(digits, 16);
            if (!value || digits.size() != 2) return std::nullopt;
            out += static_cast<char>(*value);
            i += 2;
        }
    }
    return out;
}

}  // namespace cursus
