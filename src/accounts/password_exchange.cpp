#include "accounts/password_exchange.h"

#include <algorithm>
#include <utility>

#include "accounts/account_name.h"

namespace cursus {

namespace {

Task<SaslStep> verify(Credentials& credentials, LoginClaim claim, const LoginScene& scene) {
    if (!is_account_name(claim.account))
        co_return SaslFailure{SaslRefusal::Wrong, claim.account, "no account has such a name"};
    std::string account = claim.account;
    auto checked = co_await credentials.check(std::move(claim), scene);
    if (!checked)
        co_return SaslFailure{SaslRefusal::Unavailable, std::move(account), std::move(checked).error().why};
    if (!*checked)
        co_return SaslFailure{SaslRefusal::Wrong, std::move(account), "no such account, or a wrong password"};
    co_return SaslSuccess{.account = std::move(**checked), .last_word = {}, .claimed = std::move(account)};
}

SaslFailure malformed(std::string why) {
    return {SaslRefusal::Malformed, {}, std::move(why)};
}

class PlainExchange final : public SaslExchange {
public:
    PlainExchange(Credentials& credentials, LoginScene scene)
        : credentials_(credentials), scene_(std::move(scene)) {}

    // RFC 4616 §2: [authzid] NUL authcid NUL passwd.
    Task<SaslStep> step(std::string response) override {
        const auto first = response.find('\0');
        const auto second = first == std::string::npos ? first : response.find('\0', first + 1);
        if (second == std::string::npos || response.find('\0', second + 1) != std::string::npos)
            co_return malformed("PLAIN takes three parts with a NUL between them");
        const std::string acts_for = response.substr(0, first);
        LoginClaim claim{response.substr(first + 1, second - first - 1), response.substr(second + 1)};
        if (!acts_for.empty() && acts_for != claim.account)
            co_return SaslFailure{SaslRefusal::Wrong, claim.account, "nobody may act for another here"};
        co_return co_await verify(credentials_, std::move(claim), scene_);
    }

private:
    Credentials& credentials_;
    LoginScene scene_;
};

// Never standardised; the words of the challenges are those that old clients wait for.
class LoginExchange final : public SaslExchange {
public:
    LoginExchange(Credentials& credentials, LoginScene scene)
        : credentials_(credentials), scene_(std::move(scene)) {}

    Task<SaslStep> step(std::string response) override {
        switch (asked_) {
            case Asked::Nothing:
                asked_ = Asked::Name;
                if (response.empty()) co_return SaslChallenge{"Username:"};
                [[fallthrough]];
            case Asked::Name:
                asked_ = Asked::Password;
                account_ = std::move(response);
                co_return SaslChallenge{"Password:"};
            case Asked::Password:
                break;
        }
        LoginClaim claim{std::move(account_), std::move(response)};
        co_return co_await verify(credentials_, std::move(claim), scene_);
    }

private:
    enum class Asked : std::uint8_t { Nothing, Name, Password };

    Credentials& credentials_;
    LoginScene scene_;
    Asked asked_ = Asked::Nothing;
    std::string account_;
};

}  // namespace

std::unique_ptr<SaslExchange> begin_plain(Credentials& credentials, LoginScene scene) {
    return std::make_unique<PlainExchange>(credentials, std::move(scene));
}

std::unique_ptr<SaslExchange> begin_login(Credentials& credentials, LoginScene scene) {
    return std::make_unique<LoginExchange>(credentials, std::move(scene));
}

}  // namespace cursus
