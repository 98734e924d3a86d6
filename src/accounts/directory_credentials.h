// Accounts are entries of a directory, which checks their passwords.
#pragma once

#include <memory>

#include "accounts/credentials.h"
#include "runtime/directory.h"

namespace cursus {

class DirectoryCredentials final : public Credentials {
public:
    explicit DirectoryCredentials(std::shared_ptr<Directory> directory) : directory_(std::move(directory)) {}

    bool checks_passwords() const override { return true; }
    bool has_keys(ScramHash) const override { return false; }
    Task<Result<std::optional<std::string>, CredentialTrouble>> check(LoginClaim claim,
                                                                      const LoginScene& scene) override;
    Task<Result<std::optional<ScramKeys>, CredentialTrouble>> keys(std::string account,
                                                                   ScramHash hash) override;

private:
    std::shared_ptr<Directory> directory_;
};

}  // namespace cursus
