#include "accounts/certificate_exchange.h"

#include <algorithm>
#include <utility>

#include "accounts/account_name.h"

namespace cursus {

namespace {

class ExternalExchange final : public SaslExchange {
public:
    explicit ExternalExchange(LoginScene scene) : scene_(std::move(scene)) {}

    Task<SaslStep> step(std::string response) override {
        if (!can_be_external(scene_))
            co_return SaslFailure{SaslRefusal::Wrong, response, "no certificate that counts"};
        const auto& names = scene_.tls->peer_names;
        auto account = account_name(response.empty() ? names.front() : response);
        const auto is_it = [&](const std::string& name) { return account_name(name) == account; };
        if (!account || std::ranges::none_of(names, is_it))
            co_return SaslFailure{SaslRefusal::Wrong, response, "a name that is not in the certificate"};
        co_return SaslSuccess{*std::move(account)};
    }

private:
    LoginScene scene_;
};

}  // namespace

bool can_be_external(const LoginScene& scene) {
    return scene.has_accepted_certificate && scene.tls && !scene.tls->peer_names.empty();
}

std::unique_ptr<SaslExchange> begin_external(LoginScene scene) {
    return std::make_unique<ExternalExchange>(std::move(scene));
}

}  // namespace cursus
