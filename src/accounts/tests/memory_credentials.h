// Accounts for tests, with their passwords and with keys made of them.
#pragma once

#include <gsasl.h>

#include <map>
#include <string>

#include "accounts/credentials.h"

namespace cursus {

class MemoryCredentials final : public Credentials {
public:
    std::map<std::string, std::string> passwords;
    bool has_passwords = true, has_scram = true;
    bool is_down = false;
    std::size_t asked = 0;

    bool checks_passwords() const override { return has_passwords; }
    bool has_keys(ScramHash) const override { return has_scram; }
    Task<Result<std::optional<std::string>, CredentialTrouble>> check(LoginClaim claim,
                                                                      const LoginScene&) override {
        ++asked;
        if (is_down) co_return failure(CredentialTrouble{"as told"});
        const auto found = passwords.find(claim.account);
        if (found == passwords.end() || found->second != claim.password) co_return std::nullopt;
        co_return claim.account;
    }
    Task<Result<std::optional<ScramKeys>, CredentialTrouble>> keys(std::string account,
                                                                   ScramHash hash) override {
        ++asked;
        if (is_down) co_return failure(CredentialTrouble{"as told"});
        const auto found = passwords.find(account);
        if (found == passwords.end()) co_return std::nullopt;
        co_return keys_of(found->second, hash);
    }

private:
    static ScramKeys keys_of(const std::string& password, ScramHash hash) {
        ScramKeys keys{"sixteen of salt!", {}, {}, 4096};
        const std::size_t octets = hash == ScramHash::Sha1 ? 20 : 32;
        std::string salted(octets, 0), client(octets, 0);
        keys.server_key.resize(octets);
        keys.stored_key.resize(octets);
        gsasl_scram_secrets_from_password(hash == ScramHash::Sha1 ? GSASL_HASH_SHA1 : GSASL_HASH_SHA256,
                                          password.c_str(), keys.iterations, keys.salt.data(),
                                          keys.salt.size(), salted.data(), client.data(),
                                          keys.server_key.data(), keys.stored_key.data());
        return keys;
    }
};

}  // namespace cursus
