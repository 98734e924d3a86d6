#include "accounts/account_name.h"

#include "accounts/authenticator.h"
#include "base/text.h"
#include "base/utf8.h"

namespace cursus {

bool is_account_name(std::string_view text) {
    return !text.empty() && text.size() <= account_octets_max && is_utf8(text) && !has_control(text) &&
           !has_c1_control(text);
}

std::string shown_account(std::string_view text) {
    if (text.empty()) return {};
    return is_account_name(text) ? std::string(text) : "?";
}

}  // namespace cursus
