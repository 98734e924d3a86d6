#include "accounts/signed_tokens.h"

#include <utility>

#include <fmt/format.h>

#include "accounts/json_web_token.h"
#include "accounts/token_claims.h"
#include "runtime/calling_reactor.h"
#include "runtime/offload.h"

namespace cursus {

Task<Result<TokenVerdict, CredentialTrouble>> SignedTokens::check(std::string token) {
    CO_TRY(keys_now, co_await keys());
    Reactor* const here = co_await calling_reactor(world_);
    const auto claims = verified_claims(token, *keys_now);
    if (!claims) co_return TokenVerdict(failure(describe(claims.error())));
    auto accepted = judge_claims(*claims, settings_, ExpiryIs::Required, here->clock().wall_now());
    if (!accepted) co_return TokenVerdict(failure(describe(accepted.error())));
    co_return TokenVerdict(std::move(accepted->account));
}

Task<Result<SignedTokens::Keys, CredentialTrouble>> SignedTokens::keys() {
    Reactor* const here = co_await calling_reactor(world_);
    std::optional<FileFacts> seen;
    {
        const std::lock_guard lock(mutex_);
        const Instant now = here->clock().now();
        // While one task looks, the others go by what is known, if anything is.
        if (keys_ && now < next_look_) co_return keys_;
        next_look_ = now + key_file_look_interval;
        seen = seen_;
    }
    auto look_again = [this, seen] { return look(seen); };
    auto sight = co_await offload(world_.offload, look_again);
    co_return settle(std::move(sight), here->clock().wall_now());
}

SignedTokens::Sight SignedTokens::look(const std::optional<FileFacts>& seen) const {
    const auto facts = world_.files.facts(settings_.keys);
    if (!facts) return {.facts = {}, .keys = {}, .trouble = facts.error().what};
    if (!facts->is_regular)
        return {.facts = *facts, .keys = {}, .trouble = settings_.keys + ": it is no regular file"};
    if (seen == *facts) return {.facts = *facts, .keys = {}, .trouble = {}};
    const auto text = read_whole_file(world_.files, settings_.keys, key_set_bytes_max);
    // Its rights may be mended without any of these facts changing.
    if (!text) return {.facts = *facts, .keys = {}, .trouble = text.error().what, .is_unread = true};
    auto keys = parse_key_set(*text);
    if (!keys)
        return {.facts = *facts, .keys = {}, .trouble = fmt::format("{}: {}", settings_.keys, keys.error())};
    return {.facts = *facts,
            .keys = std::make_shared<const std::vector<JsonWebKey>>(*std::move(keys)),
            .trouble = {}};
}

Result<SignedTokens::Keys, CredentialTrouble> SignedTokens::settle(Sight sight, WallTime now) {
    const std::lock_guard lock(mutex_);
    const bool is_as_before = sight.facts && sight.facts == seen_ && !sight.keys && sight.trouble.empty();
    if (!sight.facts) keys_.reset();
    if (sight.keys) keys_ = std::move(sight.keys);
    seen_ = sight.is_unread ? std::nullopt : sight.facts;
    if (!is_as_before && sight.trouble != trouble_) {
        trouble_ = std::move(sight.trouble);
        if (!trouble_.empty()) events_.emit({now, {}, {}, Trouble{"oauth_keys", trouble_}});
    }
    if (!keys_) return failure(CredentialTrouble{fmt::format("oauth_keys: {}", trouble_)});
    return keys_;
}

}  // namespace cursus
