#include "accounts/token_claims.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "accounts/account_name.h"
#include "accounts/authenticator.h"
#include "base/text.h"
#include "http/bounded_json.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

// RFC 7519 §2, NumericDate: seconds, perhaps with a fraction. Beyond the year 9999 it is no date.
std::optional<WallTime> date_of(const Json& value) {
    constexpr double seconds_max = 253'402'300'799;
    if (!value.is_number()) return std::nullopt;
    const auto seconds = value.get<double>();
    if (!std::isfinite(seconds) || seconds < 0 || seconds > seconds_max) return std::nullopt;
    return WallTime(std::chrono::floor<WallTime::duration>(std::chrono::duration<double>(seconds)));
}

Result<std::optional<WallTime>, TokenFault> expiry_of(const Json& claims, ExpiryIs expiry) {
    const auto found = claims.find("exp");
    if (found == claims.end()) {
        if (expiry == ExpiryIs::Required) return failure(TokenFault::NoExpiry);
        return std::nullopt;
    }
    const auto date = date_of(*found);
    if (!date) return failure(TokenFault::Malformed);
    return date;
}

Result<void, TokenFault> check_begin(const Json& claims, WallTime now) {
    const auto found = claims.find("nbf");
    if (found == claims.end()) return {};
    const auto date = date_of(*found);
    if (!date) return failure(TokenFault::Malformed);
    if (*date > now + clock_leeway) return failure(TokenFault::NotYet);
    return {};
}

// RFC 7519 §4.1.3: one text, or a list of them.
bool is_for(const Json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return false;
    if (found->is_string()) return *found == audience;
    return found->is_array() && std::ranges::find(*found, Json(audience)) != found->end();
}

// RFC 8693 §4.2, RFC 7662 §2.2: words between spaces.
bool allows(const Json& claims, std::string_view scope) {
    const auto* scopes = text_member(claims, "scope");
    if (scopes == nullptr) return false;
    std::string_view rest = *scopes;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        if (word == scope) return true;
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
    return false;
}

Result<std::string, TokenFault> account_of(const Json& claims, const std::string& claim) {
    const auto* account = text_member(claims, claim.c_str());
    if (account == nullptr || !is_account_name(*account)) return failure(TokenFault::Account);
    // An issuer may let its users write any address there: only what it has proven is theirs.
    const auto verified = claims.find("email_verified");
    if (claim == "email" && verified != claims.end() && *verified != Json(true) && *verified != Json("true"))
        return failure(TokenFault::Unverified);
    return *account;
}

// RFC 7519 §4.1.3: who is not named by a token that names somebody must refuse it. An issuer that is asked
// has been told who asks, and answers for that.
bool is_for_us(const Json& claims, const OauthSettings& settings, ExpiryIs expiry) {
    if (!settings.audience.empty()) return is_for(claims, settings.audience);
    return expiry == ExpiryIs::Optional || !claims.contains("aud");
}

}  // namespace

std::string_view describe(TokenFault fault) {
    switch (fault) {
        case TokenFault::Malformed:
            return "the token is malformed";
        case TokenFault::Algorithm:
            return "the token is signed in a way that is not taken";
        case TokenFault::Key:
            return "the token is signed with a key that is not known";
        case TokenFault::Signature:
            return "the token's signature is wrong";
        case TokenFault::Critical:
            return "the token asks for what is not understood";
        case TokenFault::Expired:
            return "the token has expired";
        case TokenFault::NotYet:
            return "the token is not valid yet";
        case TokenFault::NoExpiry:
            return "the token never expires";
        case TokenFault::Issuer:
            return "the token is from another issuer";
        case TokenFault::Audience:
            return "the token is for another audience";
        case TokenFault::Scope:
            return "the token does not allow the scope";
        case TokenFault::Account:
            return "the token names no account";
        case TokenFault::Unverified:
            return "the token's address is not verified";
        case TokenFault::Inactive:
            return "the token is not active";
    }
    std::unreachable();
}

Result<AcceptedToken, TokenFault> judge_claims(const Json& claims, const OauthSettings& settings,
                                               ExpiryIs expiry, WallTime now) {
    TRY(expires, expiry_of(claims, expiry));
    if (expires && *expires + clock_leeway <= now) return failure(TokenFault::Expired);
    TRY_VOID(check_begin(claims, now));
    const auto* issuer = text_member(claims, "iss");
    if (!settings.issuer.empty() && (issuer == nullptr || *issuer != settings.issuer))
        return failure(TokenFault::Issuer);
    if (!is_for_us(claims, settings, expiry)) return failure(TokenFault::Audience);
    if (!settings.scope.empty() && !allows(claims, settings.scope)) return failure(TokenFault::Scope);
    TRY(account, account_of(claims, settings.account));
    return AcceptedToken{std::move(account), expires};
}

}  // namespace cursus
