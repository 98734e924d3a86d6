#include "accounts/json_web_token.h"

#include <set>

#include <gtest/gtest.h>

#include "accounts/tests/test_issuer.h"
#include "accounts/token_checker.h"
#include "http/bounded_json.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

const WallTime now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 26};
const auto now_seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();

const TestIssuer& issuer() {
    static const TestIssuer made;
    return made;
}
const TestIssuer& attacker() {
    static const TestIssuer made;
    return made;
}

Json good_claims() {
    return {{"iss", "https://login.example"}, {"aud", "mail"},  {"scope", "openid smtp.send"},
            {"email", "ann@a.example"},       {"sub", "12345"}, {"exp", now_seconds + 300},
            {"nbf", now_seconds - 300}};
}
Json with(Json claims, const std::string& name, Json value) {
    claims[name] = std::move(value);
    return claims;
}
Json without(Json claims, const std::string& name) {
    claims.erase(name);
    return claims;
}

class Jwt : public testing::Test {
protected:
    void SetUp() override {
        settings.issuer = "https://login.example";
        settings.audience = "mail";
        settings.scope = "smtp.send";
        use(issuer().key_set());
    }
    void use(const Json& set) {
        auto parsed = parse_key_set(set.dump());
        ASSERT_TRUE(parsed) << parsed.error();
        keys = *std::move(parsed);
    }
    // The account, or what is wrong.
    std::string verdict(std::string_view token) {
        const auto claims = verified_claims(token, keys);
        if (!claims) return std::string(describe(claims.error()));
        const auto accepted = judge_claims(*claims, settings, ExpiryIs::Required, now);
        return accepted ? accepted->account : std::string(describe(accepted.error()));
    }
    std::string verdict_of(const Json& claims) {
        return verdict(issuer().token({{"alg", "EdDSA"}, {"kid", "d"}}, claims));
    }
    static std::string fault(TokenFault fault) { return std::string(describe(fault)); }

    OauthSettings settings;
    std::vector<JsonWebKey> keys;
};

TEST_F(Jwt, is_taken_with_each_algorithm_and_its_key) {
    for (const auto& [algorithm, id] :
         {std::pair("RS256", "r"), {"PS256", "r"}, {"ES256", "e"}, {"EdDSA", "d"}}) {
        const Json header = {{"alg", algorithm}, {"typ", "JWT"}, {"kid", id}};
        EXPECT_EQ(verdict(issuer().token(header, good_claims())), "ann@a.example") << algorithm;
        EXPECT_EQ(verdict(issuer().token({{"alg", algorithm}}, good_claims())), "ann@a.example")
            << "without kid";
        EXPECT_EQ(verdict(attacker().token(header, good_claims())), fault(TokenFault::Signature))
            << algorithm;
    }
}

// RFC 8725 §2.1 and §3.1.
TEST_F(Jwt, without_a_signature_or_with_a_code_is_refused) {
    const std::string claims = good_claims().dump();
    for (const char* algorithm : {"none", "None", "NONE", "nOnE", "HS256", "HS512", "RS384", "RS1", "ES384",
                                  "ES512", "ES256K", "Ed25519", "", "rs256", "RS256 ", "dir", "A128KW"}) {
        const std::string header = Json{{"alg", algorithm}}.dump();
        for (const char* signed_by : {"", "RS256", "ES256", "EdDSA"})
            EXPECT_EQ(verdict(issuer().token_of_text(header, claims, signed_by)),
                      fault(TokenFault::Algorithm))
                << algorithm;
    }
    for (const char* header :
         {R"({})", R"({"alg":null})", R"({"alg":["RS256"]})", R"({"alg":0})", R"({"ALG":"RS256"})"})
        EXPECT_EQ(verdict(issuer().token_of_text(header, claims, "RS256")), fault(TokenFault::Algorithm))
            << header;
    for (const char* algorithm : {"RS256", "PS256", "ES256", "EdDSA"})
        EXPECT_EQ(verdict(issuer().token_of_text(Json{{"alg", algorithm}}.dump(), claims, "")),
                  fault(TokenFault::Signature))
            << algorithm;
}

TEST_F(Jwt, coded_with_a_public_key_is_refused) {
    for (const std::string& secret :
         {issuer().public_key("r").dump(), issuer().public_key("r")["n"].get<std::string>(),
          *from_base64url(issuer().public_key("d")["x"].get<std::string>()), std::string()}) {
        for (const char* algorithm : {"HS256", "RS256", "EdDSA"}) {
            const std::string input =
                to_base64url(Json{{"alg", algorithm}}.dump()) + '.' + to_base64url(good_claims().dump());
            const auto said = verdict(input + '.' + to_base64url(TestIssuer::hmac(input, secret)));
            EXPECT_TRUE(said == fault(TokenFault::Algorithm) || said == fault(TokenFault::Signature)) << said;
        }
    }
}

TEST_F(Jwt, is_checked_by_the_algorithm_that_its_key_has) {
    const std::string claims = good_claims().dump();
    const auto said = [&](const Json& header, const char* signed_by) {
        return verdict(issuer().token_of_text(header.dump(), claims, signed_by));
    };
    EXPECT_EQ(said({{"alg", "RS256"}}, "PS256"), fault(TokenFault::Signature));
    EXPECT_EQ(said({{"alg", "PS256"}}, "RS256"), fault(TokenFault::Signature));
    EXPECT_EQ(said({{"alg", "ES256"}}, "ES256-DER"), fault(TokenFault::Signature)) << "RFC 7518 §3.4";
    EXPECT_EQ(said({{"alg", "RS256"}, {"kid", "e"}}, "RS256"), fault(TokenFault::Key))
        << "that is another kind of key";
    EXPECT_EQ(said({{"alg", "EdDSA"}, {"kid", "r"}}, "EdDSA"), fault(TokenFault::Key));
    Json set = issuer().key_set();
    set["keys"][0]["alg"] = "PS256";
    use(set);
    EXPECT_EQ(said({{"alg", "RS256"}}, "RS256"), fault(TokenFault::Key)) << "it is for PS256 only";
    EXPECT_EQ(said({{"alg", "PS256"}}, "PS256"), "ann@a.example");
}

TEST_F(Jwt, with_signatures_of_nothing_is_refused) {
    const std::string input = to_base64url(R"({"alg":"ES256"})") + '.' + to_base64url(good_claims().dump());
    for (const std::string& signature :
         {std::string(64, '\0'), std::string(64, '\xff'), std::string(63, 'x'), std::string(65, 'x'),
          std::string(31, '\0') + "\x01" + std::string(32, '\0'),
          std::string("\x30\x06\x02\x01\x00\x02\x01\x00", 8)})
        EXPECT_EQ(verdict(input + '.' + to_base64url(signature)), fault(TokenFault::Signature))
            << "CVE-2022-21449";
}

// RFC 8725 §3.10 and §2.8: what a token brings along proves nothing.
TEST_F(Jwt, that_brings_its_own_key_is_refused) {
    for (const Json& header : {Json{{"alg", "EdDSA"}, {"jwk", attacker().public_key("d")}},
                               Json{{"alg", "EdDSA"}, {"jku", "https://attacker.example/keys"}},
                               Json{{"alg", "EdDSA"}, {"x5u", "https://attacker.example/cert"}},
                               Json{{"alg", "EdDSA"}, {"x5c", {"MIIB"}}}})
        EXPECT_EQ(verdict(attacker().token(header, good_claims())), fault(TokenFault::Signature)) << header;
}

TEST_F(Jwt, names_its_key_and_nothing_else_by_kid) {
    for (const char* id :
         {"x", "", "../../../dev/null", "r' OR '1'='1", "r\n", "R", "|/bin/true", "http://x/"})
        EXPECT_EQ(verdict(issuer().token({{"alg", "RS256"}, {"kid", id}}, good_claims())),
                  fault(TokenFault::Key))
            << id;
    for (const Json& id : {Json(nullptr), Json(1), Json({"r"}), Json(true)})
        EXPECT_EQ(verdict(issuer().token({{"alg", "RS256"}, {"kid", id}}, good_claims())),
                  fault(TokenFault::Malformed))
            << id;
}

TEST_F(Jwt, that_wants_more_understood_is_refused) {
    for (const Json& critical : {Json({"exp"}), Json({"b64"}), Json::array(), Json(1)})
        EXPECT_EQ(
            verdict(issuer().token({{"alg", "EdDSA"}, {"crit", critical}, {"b64", false}}, good_claims())),
            fault(TokenFault::Critical));
}

TEST_F(Jwt, that_was_changed_is_refused) {
    const std::string token = issuer().token({{"alg", "EdDSA"}}, good_claims());
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(verdict(changed), "ann@a.example") << i;
    }
}

TEST_F(Jwt, of_another_form_is_refused) {
    const std::string token = issuer().token({{"alg", "EdDSA"}}, good_claims());
    const std::string input = token.substr(0, token.rfind('.'));
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), std::string("..."), input, input + ".",
          token + ".", "." + token, token + "=", token + "\n", " " + token, token + "." + token,
          token + ".a.b", std::string(token_octets_max + 1, 'a'), std::string(9'000'000, '.')})
        EXPECT_NE(verdict(text), "ann@a.example") << text.substr(0, 100);
    for (const char* claims :
         {"", "[]", "null", "\"ann\"", "{", "{\"exp\":1}x", "\xff\xfe", "{\"a\":\"\xc3\"}", "\xef\xbb\xbf{"})
        EXPECT_NE(verdict(issuer().token_of_text(R"({"alg":"EdDSA"})", claims, "EdDSA")), "ann@a.example")
            << claims;
}

TEST_F(Jwt, that_nests_without_end_is_refused) {
    for (const std::string& open : {std::string("["), std::string("{\"a\":")}) {
        std::string bomb = "{\"email\":\"ann@a.example\",\"a\":";
        while (bomb.size() + open.size() < 5'000) bomb += open;
        EXPECT_EQ(verdict(issuer().token_of_text(R"({"alg":"EdDSA"})", bomb, "EdDSA")),
                  fault(TokenFault::Malformed));
        EXPECT_EQ(verdict(issuer().token_of_text(bomb, good_claims().dump(), "EdDSA")),
                  fault(TokenFault::Malformed));
    }
    std::string closed = "{\"a\":" + std::string(9, '[') + std::string(9, ']') + "}";
    EXPECT_FALSE(parse_json_object(closed, 1'000));
    EXPECT_TRUE(parse_json_object("{\"a\":[[[]]]}", 1'000));
    EXPECT_FALSE(parse_json_object(std::string("{\"a\":\"") + std::string(1'000, 'x') + "\"}", 1'000));
}

TEST_F(Jwt, holds_from_its_beginning_to_its_end_and_a_minute_around) {
    EXPECT_EQ(verdict_of(with(good_claims(), "exp", now_seconds - 59)), "ann@a.example");
    EXPECT_EQ(verdict_of(with(good_claims(), "exp", now_seconds - 60)), fault(TokenFault::Expired));
    EXPECT_EQ(verdict_of(with(good_claims(), "exp", 0)), fault(TokenFault::Expired));
    EXPECT_EQ(verdict_of(with(good_claims(), "exp", now_seconds + 0.5)), "ann@a.example");
    EXPECT_EQ(verdict_of(without(good_claims(), "exp")), fault(TokenFault::NoExpiry));
    EXPECT_EQ(verdict_of(with(good_claims(), "nbf", now_seconds + 60)), "ann@a.example");
    EXPECT_EQ(verdict_of(with(good_claims(), "nbf", now_seconds + 61)), fault(TokenFault::NotYet));
    EXPECT_EQ(verdict_of(without(good_claims(), "nbf")), "ann@a.example");
}

TEST_F(Jwt, with_dates_that_are_none_is_refused) {
    for (const char* name : {"exp", "nbf"})
        for (const char* value : {"\"4000000000\"", "null", "true", "[4000000000]", "{}", "-1", "1e400",
                                  "1e300", "99999999999999999999999999", "-99999999999999999999999999",
                                  "253402300800", "18446744073709551616"}) {
            std::string claims = without(good_claims(), name).dump();
            claims.insert(1, std::string("\"") + name + "\":" + value + ",");
            EXPECT_EQ(verdict(issuer().token_of_text(R"({"alg":"EdDSA"})", claims, "EdDSA")),
                      fault(TokenFault::Malformed))
                << name << value;
        }
}

TEST_F(Jwt, of_another_issuer_is_refused) {
    for (const Json& other :
         {Json("https://login.example/"), Json("https://login.exampl"), Json("HTTPS://login.example"),
          Json(""), Json(nullptr), Json({"https://login.example"})})
        EXPECT_EQ(verdict_of(with(good_claims(), "iss", other)), fault(TokenFault::Issuer)) << other;
    EXPECT_EQ(verdict_of(without(good_claims(), "iss")), fault(TokenFault::Issuer));
    settings.issuer.clear();
    EXPECT_EQ(verdict_of(without(good_claims(), "iss")), "ann@a.example");
}

TEST_F(Jwt, for_another_audience_is_refused) {
    EXPECT_EQ(verdict_of(with(good_claims(), "aud", {"web", "mail"})), "ann@a.example");
    for (const Json& other : {Json("web"), Json("mail "), Json("Mail"), Json::array(), Json({"web", "mailx"}),
                              Json({{"mail", true}}), Json(nullptr), Json({{"mail"}})})
        EXPECT_EQ(verdict_of(with(good_claims(), "aud", other)), fault(TokenFault::Audience)) << other;
    EXPECT_EQ(verdict_of(without(good_claims(), "aud")), fault(TokenFault::Audience));
}

TEST_F(Jwt, that_names_an_audience_is_refused_by_whoever_has_no_name) {
    settings.audience.clear();
    EXPECT_EQ(verdict_of(good_claims()), fault(TokenFault::Audience));
    EXPECT_EQ(verdict_of(without(good_claims(), "aud")), "ann@a.example");
}

TEST_F(Jwt, that_does_not_allow_the_scope_is_refused) {
    EXPECT_EQ(verdict_of(with(good_claims(), "scope", "smtp.send")), "ann@a.example");
    for (const Json& other : {Json("smtp.sendx"), Json("xsmtp.send"), Json("smtp"), Json("SMTP.SEND"),
                              Json(""), Json("openid,smtp.send"), Json({"smtp.send"}), Json(nullptr)})
        EXPECT_EQ(verdict_of(with(good_claims(), "scope", other)), fault(TokenFault::Scope)) << other;
    EXPECT_EQ(verdict_of(without(good_claims(), "scope")), fault(TokenFault::Scope));
}

TEST_F(Jwt, names_one_account) {
    for (const Json& name : {Json(""), Json(1), Json(nullptr), Json({"ann"}), Json("ann\n@a.example"),
                             Json(std::string("ann\0", 4)), Json("ann\xc2\x85"), Json(std::string(256, 'a')),
                             Json({{"a", "b"}})})
        EXPECT_EQ(verdict_of(with(good_claims(), "email", name)), fault(TokenFault::Account)) << name;
    EXPECT_EQ(verdict_of(without(good_claims(), "email")), fault(TokenFault::Account));
    settings.account = "sub";
    EXPECT_EQ(verdict_of(good_claims()), "12345");
    settings.account = "aud";
    EXPECT_EQ(verdict_of(with(good_claims(), "aud", {"mail"})), fault(TokenFault::Account));
}

TEST_F(Jwt, of_which_a_claim_stands_twice_is_judged_by_the_last) {
    const std::string claims = "{\"email\":\"boss@a.example\"," + good_claims().dump().substr(1);
    EXPECT_EQ(verdict(issuer().token_of_text(R"({"alg":"EdDSA"})", claims, "EdDSA")), "ann@a.example");
}

TEST_F(Jwt, with_an_address_that_is_not_proven_is_refused) {
    for (const Json& proven : {Json(true), Json("true")})
        EXPECT_EQ(verdict_of(with(good_claims(), "email_verified", proven)), "ann@a.example");
    for (const Json& unproven : {Json(false), Json("false"), Json(nullptr), Json(1), Json("")})
        EXPECT_EQ(verdict_of(with(good_claims(), "email_verified", unproven)), fault(TokenFault::Unverified))
            << unproven;
    settings.account = "sub";
    EXPECT_EQ(verdict_of(with(good_claims(), "email_verified", false)), "12345") << "it is not asked for";
}

TEST(TokenFaults, have_words_of_their_own) {
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(TokenFault::Inactive); ++i)
        words.insert(describe(static_cast<TokenFault>(i)));
    EXPECT_EQ(words.size(), static_cast<std::size_t>(TokenFault::Inactive) + 1);
}

TEST(KeySet, passes_over_what_does_not_serve) {
    Json set = issuer().key_set();
    set["keys"].push_back({{"kty", "oct"}, {"k", "c2VjcmV0"}, {"alg", "HS256"}});
    set["keys"].push_back({{"kty", "EC"}, {"crv", "P-521"}, {"x", "AA"}, {"y", "AA"}});
    set["keys"].push_back("r");
    set["keys"].push_back({{"kty", "RSA"}});
    Json for_encryption = issuer().public_key("r");
    for_encryption["use"] = "enc";
    set["keys"].push_back(for_encryption);
    Json for_signing = issuer().public_key("r");
    for_signing["key_ops"] = {"sign"};
    set["keys"].push_back(for_signing);
    Json of_another_algorithm = issuer().public_key("r");
    of_another_algorithm["alg"] = "ES256";
    set["keys"].push_back(of_another_algorithm);
    const auto keys = parse_key_set(set.dump());
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->size(), 3U);
}

TEST(KeySet, takes_no_weak_or_impossible_key) {
    Json short_rsa = issuer().public_key("r");
    short_rsa["n"] = short_rsa["n"].get<std::string>().substr(0, 170);
    Json exponent_one = issuer().public_key("r");
    exponent_one["e"] = "AQ";
    Json even = issuer().public_key("r");
    even["e"] = "Ag";
    Json huge = issuer().public_key("r");
    huge["n"] = to_base64url(std::string(2'000, '\xff'));
    Json off_curve = issuer().public_key("e");
    off_curve["y"] = off_curve["x"];
    Json nowhere = issuer().public_key("e");
    nowhere["x"] = nowhere["y"] = to_base64url(std::string(32, '\0'));
    Json short_ed = issuer().public_key("d");
    short_ed["x"] = "AAAA";
    for (const Json& key : {short_rsa, exponent_one, even, huge, off_curve, nowhere, short_ed})
        EXPECT_FALSE(parse_key_set(Json{{"keys", {key}}}.dump())) << key;
}

TEST(KeySet, that_is_none_is_an_error) {
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"keys":{}})"),
          std::string(R"({"keys":[]})"), "{\"keys\":" + std::string(10'000, '[') + "}",
          std::string(key_set_bytes_max + 1, ' ') + "{}"})
        EXPECT_FALSE(parse_key_set(text)) << text.substr(0, 50);
    Json many;
    for (std::size_t i = 0; i <= key_set_keys_max; ++i) many["keys"].push_back(issuer().public_key("d"));
    EXPECT_FALSE(parse_key_set(many.dump()));
}

}  // namespace
}  // namespace cursus
