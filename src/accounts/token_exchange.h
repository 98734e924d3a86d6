// OAUTHBEARER, RFC 7628, and XOAUTH2, what came before it: the client shows a token that somebody else gave
// it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/authenticator.h"
#include "accounts/token_checker.h"

namespace cursus {

struct BearerMessage {
    std::string account;  // whom the client claims to be; empty: whoever the token is for
    std::string token;
};
// What a client says first. Nothing: it is malformed. XOAUTH2 must name the account.
std::optional<BearerMessage> parse_oauthbearer(std::string_view text);
std::optional<BearerMessage> parse_xoauth2(std::string_view text);

// `mechanism` is OauthBearer or Xoauth2.
std::unique_ptr<SaslExchange> begin_token(Mechanism mechanism, TokenChecker& tokens);

}  // namespace cursus
