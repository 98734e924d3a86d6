// What mechanisms ask of a store that keeps passwords or what is made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "accounts/authenticator.h"
#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

// The store gives no answer now. Never to be read as "wrong password" (invariant 4).
struct CredentialTrouble {
    std::string why;  // for people: names the store
};

enum class ScramHash : std::uint8_t { Sha1, Sha256 };
// RFC 5802 §3: what a server keeps of a password. Binary.
struct ScramKeys {
    std::string salt, stored_key, server_key;
    std::uint32_t iterations = 0;
};

struct LoginClaim {
    std::string account;  // valid UTF-8, 1 to account_octets_max octets, no controls
    std::string password;
};

class Credentials {
public:
    virtual ~Credentials() = default;
    // Passwords can be checked at all, and keys of that hash are there for every account that is known here:
    // what may be offered. From any reactor; may change with time.
    virtual bool checks_passwords() const = 0;
    virtual bool has_keys(ScramHash hash) const = 0;
    // Brings these two up to date, in a short and limited time: before they are used for an offer.
    virtual Task<void> refresh() { co_return; }
    // The account as the store calls it, or nothing: unknown and wrong are one answer, and take the same
    // time.
    virtual Task<Result<std::optional<std::string>, CredentialTrouble>> check(LoginClaim claim,
                                                                              const LoginScene& scene) = 0;
    // Nothing: there is no such account, or it has no keys of that hash.
    virtual Task<Result<std::optional<ScramKeys>, CredentialTrouble>> keys(std::string account,
                                                                           ScramHash hash) = 0;
};

}  // namespace cursus
