// Whose a token is, as OAUTHBEARER (RFC 7628) and XOAUTH2 ask.
#pragma once

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
    // The account that the token stands for; nothing: it is no good, or not any more. From any reactor.
    virtual Task<Result<std::optional<std::string>, CredentialTrouble>> check(std::string token) = 0;
};

}  // namespace cursus
