// Whose account a bearer token is for: what OAUTHBEARER (RFC 7628) and XOAUTH2 ask.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "accounts/credentials.h"
#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

inline constexpr std::size_t token_octets_max = 8 * 1024;

// The account, 1 to account_octets_max octets of UTF-8 without controls; or, for events, why the token is no
// good.
using TokenVerdict = Result<std::string, std::string_view>;

class TokenChecker {
public:
    virtual ~TokenChecker() = default;
    // From any reactor.
    virtual Task<Result<TokenVerdict, CredentialTrouble>> check(std::string token) = 0;
};

}  // namespace cursus
