// The mechanisms of this server, over whatever keeps the accounts.
#pragma once

#include <memory>
#include <vector>

#include "accounts/authenticator.h"
#include "accounts/credentials.h"
#include "accounts/scram_exchange.h"
#include "accounts/token_checker.h"
#include "config/settings.h"
#include "runtime/random.h"

namespace cursus {

class AccountAuthenticator final : public Authenticator {
public:
    // Null: there are no passwords, or no tokens. `settings` and `random` outlive it.
    AccountAuthenticator(const AuthSettings& settings, std::unique_ptr<Credentials> credentials,
                         std::unique_ptr<TokenChecker> tokens, Random& random);

    std::vector<Mechanism> offered(const LoginScene& scene) const override;
    Task<void> refresh() override;
    std::unique_ptr<SaslExchange> begin(Mechanism mechanism, LoginScene scene) override;

private:
    bool serves(Mechanism mechanism, const LoginScene& scene) const;
    bool offers_binding(const LoginScene& scene) const;
    bool has_keys(ScramHash hash) const { return credentials_ && credentials_->has_keys(hash); }

    const AuthSettings& settings_;
    std::unique_ptr<Credentials> credentials_;
    std::unique_ptr<TokenChecker> tokens_;
    std::unique_ptr<ScramServer> scram_;
};

// Whether the operator wants it: [auth] mechanisms.
bool is_wanted(Mechanism mechanism, const AuthSettings& settings);

}  // namespace cursus
