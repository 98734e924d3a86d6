#include "accounts/token_exchange.h"

#include <utility>

#include "accounts/account_name.h"
#include "base/text.h"

namespace cursus {

namespace {

constexpr char separator = '\x01';

// RFC 6750 §2.1: b64token, which is what tokens are made of.
bool is_token(std::string_view text) {
    if (text.empty() || text.size() > token_octets_max) return false;
    for (const char c : text)
        if (!is_alpha(c) && !is_digit(c) && std::string_view("-._~+/=").find(c) == std::string_view::npos)
            return false;
    return true;
}

// "auth=Bearer TOKEN" among the pairs between separators, of which two end them (RFC 7628 §3.1).
std::optional<std::string> token_among(std::string_view pairs) {
    std::optional<std::string> token;
    while (true) {
        const auto end = pairs.find(separator);
        if (end == std::string_view::npos) return std::nullopt;
        if (end == 0) return pairs.size() == 1 ? token : std::nullopt;
        const std::string_view pair = pairs.substr(0, end);
        pairs.remove_prefix(end + 1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        if (pair.substr(0, equals) != "auth") continue;
        constexpr std::string_view scheme = "Bearer ";
        const std::string_view value = pair.substr(equals + 1);
        if (!token && value.empty()) {  // RFC 7628 §4.3: it wants to hear what a token must be for
            token.emplace();
            continue;
        }
        if (token || !equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
        const std::string_view given = value.substr(scheme.size());
        if (!is_token(given)) return std::nullopt;
        token = given;
    }
}

// RFC 5801 §4: "=2C" is a comma, "=3D" an equals sign; neither stands for itself.
std::optional<std::string> unescaped_name(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        if (text.front() != '=') {
            result += text.front();
            text.remove_prefix(1);
            continue;
        }
        if (text.starts_with("=2C"))
            result += ',';
        else if (text.starts_with("=3D"))
            result += '=';
        else
            return std::nullopt;
        text.remove_prefix(3);
    }
    return result;
}

class TokenExchange final : public SaslExchange {
public:
    TokenExchange(Mechanism mechanism, TokenChecker& tokens) : mechanism_(mechanism), tokens_(tokens) {}

    Task<SaslStep> step(std::string response) override {
        const auto message =
            mechanism_ == Mechanism::OauthBearer ? parse_oauthbearer(response) : parse_xoauth2(response);
        if (!message)
            co_return SaslFailure{
                SaslRefusal::Malformed, {}, "no message of " + std::string(name(mechanism_))};
        if (message->token.empty()) co_return refuse(message->account, "no token was shown");
        auto checked = co_await tokens_.check(message->token);
        if (!checked)
            co_return SaslFailure{SaslRefusal::Unavailable, message->account, std::move(checked).error().why};
        if (!*checked) co_return refuse(message->account, std::string(checked->error()));
        auto account = account_name(**checked);
        if (!account) co_return refuse(message->account, "a token for no account's name");
        if (!message->account.empty() && account_name(message->account) != account)
            co_return refuse(message->account, "a token of another account");
        co_return SaslSuccess{*std::move(account)};
    }

private:
    // RFC 7628 §3.2.2.
    SaslStep refuse(const std::string& account, std::string why) {
        SaslFailure failure{SaslRefusal::Wrong, account, std::move(why)};
        const char* const told = mechanism_ == Mechanism::OauthBearer
                                     ? R"({"status":"invalid_token"})"
                                     : R"({"status":"400","schemes":"Bearer","scope":""})";
        return SaslChallenge{told, std::move(failure)};
    }

    Mechanism mechanism_;
    TokenChecker& tokens_;
};

}  // namespace

// RFC 7628 §3.1: a GS2 header (RFC 5801 §4), then the pairs. No channel is bound: "n" or "y".
std::optional<BearerMessage> parse_oauthbearer(std::string_view text) {
    if (!text.starts_with("n,") && !text.starts_with("y,")) return std::nullopt;
    text.remove_prefix(2);
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const std::string_view acts_for = text.substr(0, comma);
    text.remove_prefix(comma + 1);
    BearerMessage message;
    if (!acts_for.empty()) {
        if (!acts_for.starts_with("a=")) return std::nullopt;
        auto account = unescaped_name(acts_for.substr(2));
        if (!account || account->empty()) return std::nullopt;
        message.account = *std::move(account);
    }
    if (text.empty() || text.front() != separator) return std::nullopt;
    auto token = token_among(text.substr(1));
    if (!token) return std::nullopt;
    message.token = *std::move(token);
    return message;
}

std::optional<BearerMessage> parse_xoauth2(std::string_view text) {
    constexpr std::string_view key = "user=";
    const auto end = text.find(separator);
    if (!text.starts_with(key) || end == std::string_view::npos || end == key.size()) return std::nullopt;
    auto token = token_among(text.substr(end + 1));
    if (!token) return std::nullopt;
    return BearerMessage{std::string(text.substr(key.size(), end - key.size())), *std::move(token)};
}

std::unique_ptr<SaslExchange> begin_token(Mechanism mechanism, TokenChecker& tokens) {
    return std::make_unique<TokenExchange>(mechanism, tokens);
}

}  // namespace cursus
