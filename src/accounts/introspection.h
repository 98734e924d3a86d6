// Tokens that their issuer is asked about ([auth] oauth_introspection): RFC 7662.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/recent_tokens.h"
#include "accounts/token_checker.h"
#include "accounts/token_claims.h"
#include "config/settings.h"
#include "http/http_client.h"

namespace cursus {

inline constexpr std::size_t introspections_at_once = 16;
inline constexpr Duration introspection_timeout = std::chrono::seconds{10};
inline constexpr std::size_t introspection_answer_bytes = 64 * 1024;
// How long "it is active" is believed without asking again: what is revoked stays good so long.
inline constexpr auto introspection_kept = std::chrono::seconds{60};

class Introspection final : public TokenChecker {
public:
    // The error is a sentence: the URL or the trusted roots are no good.
    static Result<std::unique_ptr<Introspection>, std::string> make(World& world, OauthSettings settings);

    Task<Result<TokenVerdict, CredentialTrouble>> check(std::string token) override;

private:
    Introspection(World& world, OauthSettings settings, HttpUrl url, std::shared_ptr<TlsContext> tls);
    Task<Result<TokenVerdict, CredentialTrouble>> ask(std::string token, WallTime now);
    Task<Result<HttpRequest, CredentialTrouble>> request_for(std::string_view token);
    Task<Result<std::string, CredentialTrouble>> secret_now();

    World& world_;
    const OauthSettings settings_;
    const HttpUrl url_;
    HttpClient client_;
    RecentTokens recent_;
    std::atomic<std::size_t> asking_ = 0;
};

// What the answer's body says of the token (RFC 7662 §2.2). Malformed: it is no such answer.
Result<AcceptedToken, TokenFault> judge_introspection(std::string_view body, const OauthSettings& settings,
                                                      WallTime now);

}  // namespace cursus
