// What a token says, whoever vouches for it, against what [auth] wants of it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "base/time.h"
#include "config/settings.h"

namespace cursus {

// Clocks of two hosts differ, RFC 7519 §4.1.4.
inline constexpr auto clock_leeway = std::chrono::seconds{60};

enum class TokenFault : std::uint8_t {
    Malformed,
    Algorithm,  // none that is taken here, or not that of the key
    Key,        // by no key that is known here
    Signature,
    Critical,  // it wants something understood that is not (RFC 7515 §4.1.11)
    Expired,
    NotYet,
    NoExpiry,
    Issuer,
    Audience,
    Scope,
    Account,     // no such claim, or it names nobody
    Unverified,  // the address is not proven to be its holder's
    Inactive,    // RFC 7662 §2.2
};
std::string_view describe(TokenFault fault);

enum class ExpiryIs : std::uint8_t { Required, Optional };

struct AcceptedToken {
    std::string account;
    std::optional<WallTime> expires;
};

Result<AcceptedToken, TokenFault> judge_claims(const nlohmann::json& claims, const OauthSettings& settings,
                                               ExpiryIs expiry, WallTime now);

}  // namespace cursus
