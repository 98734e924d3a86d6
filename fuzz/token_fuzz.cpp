// Bearer tokens, sets of keys and answers about tokens. The first octet says which. Nobody has the private
// halves of the keys here, so no token is genuine; an account that is accepted is one, and within its time.
#include "accounts/introspection.h"
#include "accounts/json_web_token.h"
#include "base/base64url.h"
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "http/bounded_json.h"

namespace cursus::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr WallTime now(24h * 365 * 56);

const std::vector<JsonWebKey>& keys() {
    static const auto made = parse_key_set(
                                 R"({"keys":[
            {"kty":"EC","crv":"P-256","kid":"e","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty":"OKP","crv":"Ed25519","kid":"d","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
                                 .value();
    return made;
}

void check(const Result<AcceptedToken, TokenFault>& judged) {
    if (!judged) return require(!describe(judged.error()).empty());
    const auto& [account, expires] = *judged;
    require(!account.empty() && account.size() <= account_octets_max);
    require(is_utf8(account) && !has_control(account));
    require(!expires || *expires + clock_leeway > now);
}

// As a whole token, and as a payload whose signature is made up.
void check_token(std::string_view text) {
    require(!verified_claims(text, keys()));
    const std::string signature(64, 's');
    for (const char* header : {R"({"alg":"ES256"})", R"({"alg":"EdDSA"})"}) {
        const std::string input = to_base64url(header) + '.' + to_base64url(text);
        require(!verified_claims(input + '.' + to_base64url(signature), keys()));
    }
    const auto octets = from_base64url(text);
    require(!octets || to_base64url(*octets) == text);
}

void check_keys(std::string_view text) {
    const auto parsed = parse_key_set(text);
    if (!parsed) return require(!parsed.error().empty());
    require(!parsed->empty() && parsed->size() <= key_set_keys_max);
    for (const JsonWebKey& key : *parsed)
        require(key.key != nullptr && (!key.only || kind_for(*key.only) == key.kind));
}

void check_claims(std::string_view text) {
    OauthSettings settings;
    settings.issuer = "i";
    settings.audience = "a";
    settings.scope = "s";
    for (const bool is_strict : {false, true}) {
        const OauthSettings& chosen = is_strict ? settings : OauthSettings{};
        check(judge_introspection(text, chosen, now));
        if (const auto claims = parse_json_object(text, token_octets_max))
            check(judge_claims(*claims, chosen, ExpiryIs::Required, now));
    }
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            fuzz::check_token(text);
            break;
        case 1:
            fuzz::check_keys(text);
            break;
        default:
            fuzz::check_claims(text);
            break;
    }
    return 0;
}
