// A signed token, RFC 7519 in the compact form of RFC 7515, checked with an issuer's keys. Pure.
//
// Signatures are OpenSSL's (EVP), and what stands around them is read here: the C libraries for JWT in Debian
// 12 either let the token choose its algorithm or know no EdDSA, and the few lines are easier to audit.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "accounts/json_web_keys.h"
#include "accounts/token_claims.h"
#include "base/result.h"

namespace cursus {

// Keys that a token without "kid" is tried with.
inline constexpr std::size_t keys_tried_max = 8;

// The claims of a token that one of the keys signed. Nothing in the token's header is used but "alg", which
// must be the key's, and "kid": neither keys nor addresses of keys that it brings along.
Result<nlohmann::json, TokenFault> verified_claims(std::string_view token,
                                                   const std::vector<JsonWebKey>& keys);

}  // namespace cursus
