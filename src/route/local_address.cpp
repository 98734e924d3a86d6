#include "route/local_address.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {

namespace {

bool is_allowed(char c) {
    return is_alpha(c) || is_digit(c) || !is_ascii(c) || std::string_view("._+=-").contains(c);
}

}  // namespace

LocalAddress take_apart(const Mailbox& mailbox, std::string_view separator, const std::string& own_name) {
    LocalAddress address{.user = to_lower(mailbox.local_part()),
                         .detail = {},
                         .domain = mailbox.domain() != nullptr ? mailbox.domain()->text() : own_name};
    if (separator.empty()) return address;
    const auto tail = address.user.find(separator, 1);
    if (tail == std::string::npos) return address;
    address.detail = mailbox.local_part().substr(tail + separator.size());
    address.user.resize(tail);
    return address;
}

std::string local_key(const Mailbox& mailbox) {
    return to_lower(mailbox.local_part()) + '@' + host_text(mailbox.host());
}

bool can_be_name(std::string_view text) {
    return !text.empty() && text.front() != '.' && std::ranges::all_of(text, is_allowed) && is_utf8(text) &&
           !has_c1_control(text);
}

}  // namespace cursus
