#include "accounts/account_name.h"

#include "accounts/authenticator.h"
#include "accounts/saslprep.h"
#include "base/text.h"
#include "base/utf8.h"

namespace cursus {

namespace {

// A domain is the same in any case; what is before it may not be.
void lower_domain(std::string& account) {
    const auto at = account.rfind('@');
    if (at == std::string::npos) return;
    account.replace(at, std::string::npos, to_lower(std::string_view(account).substr(at)));
}

bool can_be_called(std::string_view text) {
    return is_account_name(text) && !text.contains(':');
}

}  // namespace

bool is_account_name(std::string_view text) {
    return !text.empty() && text.size() <= account_octets_max && is_utf8(text) && !has_control(text) &&
           !has_c1_control(text);
}

std::optional<std::string> account_name(std::string_view text) {
    if (!can_be_called(text)) return std::nullopt;
    auto prepared = saslprep(std::string(text));
    if (!prepared) return std::nullopt;
    lower_domain(*prepared);
    if (!can_be_called(*prepared)) return std::nullopt;
    return prepared;
}

std::string shown_account(std::string_view text) {
    if (text.empty()) return {};
    return is_account_name(text) ? std::string(text) : "?";
}

}  // namespace cursus
