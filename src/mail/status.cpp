#include "mail/status.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

// One to three digits in front of `text`, without leading zeros (RFC 3463 §2); moves past them.
std::optional<std::uint16_t> take_number(std::string_view& text) {
    std::uint16_t value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
        if (++digits > 3) return std::nullopt;
        value = static_cast<std::uint16_t>(value * 10 + (text[digits - 1] - '0'));
    }
    if (digits == 0 || (digits > 1 && text[0] == '0')) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

}  // namespace

std::string Status::text() const {
    return fmt::format(FMT_COMPILE("{}.{}.{}"), status_class, subject, detail);
}

std::optional<Status> Status::parse(std::string_view text) {
    if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.')
        return std::nullopt;
    Status status;
    status.status_class = static_cast<std::uint8_t>(text[0] - '0');
    text.remove_prefix(2);
    const auto subject = take_number(text);
    if (!subject || text.empty() || text[0] != '.') return std::nullopt;
    text.remove_prefix(1);
    const auto detail = take_number(text);
    if (!detail || !text.empty()) return std::nullopt;
    status.subject = *subject;
    status.detail = *detail;
    return status;
}

}  // namespace cursus
