// Tokens that their issuer has signed, checked with its keys in a file ([auth] oauth_keys).
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "accounts/json_web_keys.h"
#include "accounts/token_checker.h"
#include "config/settings.h"
#include "mail/events.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr Duration key_file_look_interval = std::chrono::seconds{2};

// A version of the file that cannot be read leaves the one before in force: issuers change keys, and whoever
// fetches them may be writing the file just now. A file that is gone does not: what it said is no longer
// said.
class SignedTokens final : public TokenChecker {
public:
    SignedTokens(World& world, EventSink& events, OauthSettings settings)
        : world_(world), events_(events), settings_(std::move(settings)) {}

    Task<Result<TokenVerdict, CredentialTrouble>> check(std::string token) override;

private:
    using Keys = std::shared_ptr<const std::vector<JsonWebKey>>;
    // What a look at the file has found.
    struct Sight {
        std::optional<FileFacts> facts;  // none: it is gone, or cannot be looked at
        Keys keys;                       // null: as before, or none
        std::string trouble;             // empty: none
        bool is_unread = false;          // it is there and could not be read: worth another look
    };

    Task<Result<Keys, CredentialTrouble>> keys();
    Sight look(const std::optional<FileFacts>& seen) const;  // blocking
    Result<Keys, CredentialTrouble> settle(Sight sight, WallTime now);

    World& world_;
    EventSink& events_;
    const OauthSettings settings_;

    std::mutex mutex_;
    Keys keys_;                      // in force
    std::optional<FileFacts> seen_;  // of the version that was read last, good or not
    std::string trouble_;            // told already
    Instant next_look_{};
};

}  // namespace cursus
