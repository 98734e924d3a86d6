#include "mail/delivered_to.h"

#include "base/text.h"
#include "mail/target_words.h"

namespace cursus {

namespace {

constexpr std::string_view field_start = "delivered-to:";

std::string_view next_line(std::string_view& text) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

bool was_delivered_to(std::string_view front, const Mailbox& address) {
    const std::string wanted = address.text();
    while (!front.empty()) {
        const std::string_view line = next_line(front);
        if (line.empty()) return false;  // the end of the header
        if (!equal_ignoring_case(line.substr(0, field_start.size()), field_start)) continue;
        std::string_view value = trimmed(line.substr(field_start.size()));
        if (value.starts_with('<') && value.ends_with('>')) value = value.substr(1, value.size() - 2);
        if (equal_ignoring_case(value, wanted)) return true;
    }
    return false;
}

}  // namespace cursus
