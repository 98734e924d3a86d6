// Accounts are whom PAM lets in.
#pragma once

#include "accounts/credentials.h"
#include "accounts/turns.h"
#include "runtime/deputy.h"

namespace cursus {

inline constexpr std::size_t pam_at_once_max = 4;  // as many as the deputy takes
inline constexpr std::size_t pam_waiting_max = 100;

class PamCredentials final : public Credentials {
public:
    PamCredentials(Deputy& deputy, std::string service) : deputy_(deputy), service_(std::move(service)) {}

    bool checks_passwords() const override { return true; }
    bool has_keys(ScramHash) const override { return false; }
    Task<Result<std::optional<std::string>, CredentialTrouble>> check(LoginClaim claim,
                                                                      const LoginScene& scene) override;
    Task<Result<std::optional<ScramKeys>, CredentialTrouble>> keys(std::string account,
                                                                   ScramHash hash) override;

private:
    Deputy& deputy_;
    std::string service_;
    Turns turns_{pam_at_once_max, pam_waiting_max};
};

}  // namespace cursus
