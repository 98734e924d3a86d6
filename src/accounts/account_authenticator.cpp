#include "accounts/account_authenticator.h"

#include <algorithm>
#include <utility>

#include "accounts/certificate_exchange.h"
#include "accounts/password_exchange.h"
#include "accounts/scene.h"
#include "accounts/token_exchange.h"

namespace cursus {

bool is_wanted(Mechanism mechanism, const AuthSettings& settings) {
    return settings.mechanisms.empty() ||
           std::ranges::find(settings.mechanisms, mechanism) != settings.mechanisms.end();
}

AccountAuthenticator::AccountAuthenticator(const AuthSettings& settings,
                                           std::unique_ptr<Credentials> credentials,
                                           std::unique_ptr<TokenChecker> tokens, Random& random)
    : settings_(settings), credentials_(std::move(credentials)), tokens_(std::move(tokens)) {
    if (credentials_) scram_ = std::make_unique<ScramServer>(*credentials_, random);
}

bool AccountAuthenticator::serves(Mechanism mechanism, const LoginScene& scene) const {
    const bool can_bind = scene.tls && !(scene.tls->exporter.empty() && scene.tls->unique.empty());
    if (shows_secret(mechanism) && !may_show_secrets(scene, settings_)) return false;
    if (binds_channel(mechanism) && !can_bind) return false;
    switch (mechanism) {
        case Mechanism::External:
            return can_be_external(scene);
        case Mechanism::ScramSha256Plus:
        case Mechanism::ScramSha256:
            return has_keys(ScramHash::Sha256);
        case Mechanism::ScramSha1Plus:
        case Mechanism::ScramSha1:
            return has_keys(ScramHash::Sha1);
        case Mechanism::OauthBearer:
        case Mechanism::Xoauth2:
            return tokens_ != nullptr;
        case Mechanism::Plain:
        case Mechanism::Login:
            return credentials_ && credentials_->checks_passwords();
    }
    std::unreachable();
}

std::vector<Mechanism> AccountAuthenticator::offered(const LoginScene& scene) const {
    std::vector<Mechanism> mechanisms;
    for (const Mechanism mechanism : all_mechanisms)
        if (is_wanted(mechanism, settings_) && serves(mechanism, scene)) mechanisms.push_back(mechanism);
    return mechanisms;
}

bool AccountAuthenticator::offers_binding(const LoginScene& scene) const {
    return std::ranges::any_of(offered(scene), binds_channel);
}

Task<void> AccountAuthenticator::refresh() {
    if (credentials_) co_await credentials_->refresh();
}

std::unique_ptr<SaslExchange> AccountAuthenticator::begin(Mechanism mechanism, LoginScene scene) {
    switch (mechanism) {
        case Mechanism::External:
            return begin_external(std::move(scene));
        case Mechanism::ScramSha256Plus:
        case Mechanism::ScramSha256:
        case Mechanism::ScramSha1Plus:
        case Mechanism::ScramSha1: {
            const auto binding =
                offers_binding(scene) ? ScramServer::Binding::Offered : ScramServer::Binding::NotOffered;
            return scram_->begin(mechanism, std::move(scene), binding);
        }
        case Mechanism::OauthBearer:
        case Mechanism::Xoauth2:
            return begin_token(mechanism, *tokens_);
        case Mechanism::Plain:
            return begin_plain(*credentials_, std::move(scene));
        case Mechanism::Login:
            return begin_login(*credentials_, std::move(scene));
    }
    std::unreachable();
}

}  // namespace cursus
