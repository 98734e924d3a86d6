// Two authenticators as one: another program's passwords beside our own tokens and certificates, say.
#pragma once

#include <memory>
#include <vector>

#include "accounts/authenticator.h"

namespace cursus {

class JointAuthenticator final : public Authenticator {
public:
    // What both offer, the first one serves.
    JointAuthenticator(std::unique_ptr<Authenticator> first, std::unique_ptr<Authenticator> second);

    std::vector<Mechanism> offered(const LoginScene& scene) const override;
    Task<void> refresh() override;
    std::unique_ptr<SaslExchange> begin(Mechanism mechanism, LoginScene scene) override;

private:
    std::unique_ptr<Authenticator> first_, second_;
};

}  // namespace cursus
