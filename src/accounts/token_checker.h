// Whose account a bearer token is for: what OAUTHBEARER (RFC 7628) and XOAUTH2 ask.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "accounts/credentials.h"
#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

inline constexpr std::size_t token_octets_max = 8 * 1024;

class TokenChecker {
public:
    virtual ~TokenChecker() = default;
    // The account, 1 to account_octets_max octets of UTF-8 without controls; nothing: the token is no good,
    // whatever is wrong with it. From any reactor.
    virtual Task<Result<std::optional<std::string>, CredentialTrouble>> check(std::string token) = 0;
};

}  // namespace cursus
