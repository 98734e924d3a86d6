// PLAIN, LOGIN, EXTERNAL and the two of tokens, step by step.
#include <gtest/gtest.h>

#include "accounts/account_authenticator.h"
#include "accounts/tests/memory_credentials.h"
#include "accounts/token_exchange.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::string_literals;

class MemoryTokens final : public TokenChecker {
public:
    std::map<std::string, std::string> accounts;
    bool is_down = false;
    Task<Result<TokenVerdict, CredentialTrouble>> check(std::string token) override {
        if (is_down) co_return failure(CredentialTrouble{"as told"});
        const auto found = accounts.find(token);
        if (found == accounts.end()) co_return TokenVerdict(failure(std::string_view("as told")));
        co_return TokenVerdict(found->second);
    }
};

class Exchanges : public testing::Test {
protected:
    Exchanges() {
        auto memory = std::make_unique<MemoryCredentials>();
        credentials = memory.get();
        credentials->passwords = {{"julius", "alea"}, {"ann@b.example", "x y"}};
        auto held = std::make_unique<MemoryTokens>();
        tokens = held.get();
        tokens->accounts = {{"good.token", "julius"}};
        authenticator = std::make_unique<AccountAuthenticator>(settings, std::move(memory), std::move(held),
                                                               sim.world().random);
        scene.client = Endpoint::parse("192.0.2.7:4000").value();
        scene.tls.emplace().protocol = "TLSv1.3";
    }
    // What the last of these responses leads to; those before lead to challenges.
    SaslStep say(Mechanism mechanism, const std::vector<std::string>& responses) {
        const auto exchange = authenticator->begin(mechanism, scene);
        for (std::size_t i = 0; i + 1 < responses.size(); ++i) {
            const SaslStep step = sim.run(exchange->step(responses[i]));
            EXPECT_TRUE(std::holds_alternative<SaslChallenge>(step)) << responses[i];
        }
        return sim.run(exchange->step(responses.back()));
    }
    static std::string account(const SaslStep& step) {
        const auto* success = std::get_if<SaslSuccess>(&step);
        return success == nullptr ? "(none)" : success->account;
    }
    static std::optional<SaslRefusal> refusal(const SaslStep& step) {
        const auto* failed = std::get_if<SaslFailure>(&step);
        return failed == nullptr ? std::nullopt : std::optional(failed->refusal);
    }

    SimWorld sim;
    AuthSettings settings;
    MemoryCredentials* credentials;
    MemoryTokens* tokens;
    std::unique_ptr<AccountAuthenticator> authenticator;
    LoginScene scene;
};

TEST_F(Exchanges, of_plain_take_a_name_and_its_password) {
    EXPECT_EQ(account(say(Mechanism::Plain, {"\0julius\0alea"s})), "julius");
    EXPECT_EQ(account(say(Mechanism::Plain, {"julius\0julius\0alea"s})), "julius");
    EXPECT_EQ(account(say(Mechanism::Plain, {"\0ann@b.example\0x y"s})), "ann@b.example");
}

TEST_F(Exchanges, of_plain_refuse_all_else) {
    for (const auto& wrong : {"\0julius\0"s, "\0julius\0alea "s, "\0Julius\0alea"s, "\0nobody\0alea"s,
                              "\0\0alea"s, "ann@b.example\0julius\0alea"s, "\0jul\nius\0alea"s,
                              "\0jul\xff\0alea"s, "\0"s + std::string(256, 'j') + "\0alea"s})
        EXPECT_EQ(refusal(say(Mechanism::Plain, {wrong})), SaslRefusal::Wrong) << wrong;
    for (const auto& malformed : {""s, "julius"s, "\0julius"s, "\0julius\0alea\0"s, "\0\0\0\0"s})
        EXPECT_EQ(refusal(say(Mechanism::Plain, {malformed})), SaslRefusal::Malformed) << malformed;
}

TEST_F(Exchanges, of_plain_do_not_ask_the_store_about_what_is_no_name) {
    say(Mechanism::Plain, {"\0jul\nius\0alea"s});
    say(Mechanism::Plain, {"\0\0alea"s});
    EXPECT_EQ(credentials->asked, 0U);
}

TEST_F(Exchanges, tell_a_store_that_is_down_from_a_wrong_password) {
    credentials->is_down = true;
    EXPECT_EQ(refusal(say(Mechanism::Plain, {"\0julius\0alea"s})), SaslRefusal::Unavailable);
    EXPECT_EQ(refusal(say(Mechanism::Login, {"julius", "alea"})), SaslRefusal::Unavailable);
    tokens->is_down = true;
    EXPECT_EQ(refusal(say(Mechanism::OauthBearer, {"n,,\x01"
                                                   "auth=Bearer good.token\x01\x01"})),
              SaslRefusal::Unavailable);
}

TEST_F(Exchanges, of_login_ask_for_name_and_password) {
    EXPECT_EQ(account(say(Mechanism::Login, {"", "julius", "alea"})), "julius");
    EXPECT_EQ(account(say(Mechanism::Login, {"julius", "alea"})), "julius");
    EXPECT_EQ(refusal(say(Mechanism::Login, {"julius", "wrong"})), SaslRefusal::Wrong);
    const auto exchange = authenticator->begin(Mechanism::Login, scene);
    EXPECT_EQ(std::get<SaslChallenge>(sim.run(exchange->step(""))).octets, "Username:");
    EXPECT_EQ(std::get<SaslChallenge>(sim.run(exchange->step("julius"))).octets, "Password:");
}

TEST_F(Exchanges, of_external_believe_the_certificate) {
    scene.has_accepted_certificate = true;
    scene.tls->peer_names = {"julius", "ann@b.example"};
    EXPECT_EQ(account(say(Mechanism::External, {""})), "julius");
    EXPECT_EQ(account(say(Mechanism::External, {"ann@b.example"})), "ann@b.example");
    EXPECT_EQ(refusal(say(Mechanism::External, {"root"})), SaslRefusal::Wrong);
    scene.has_accepted_certificate = false;
    EXPECT_EQ(refusal(say(Mechanism::External, {""})), SaslRefusal::Wrong);
}

// RFC 7628 §4.1 has this form.
TEST_F(Exchanges, of_oauthbearer_take_a_token) {
    EXPECT_EQ(account(say(Mechanism::OauthBearer, {"n,a=julius,\x01host=relay.example\x01port=587\x01"
                                                   "auth=Bearer good.token\x01\x01"})),
              "julius");
    EXPECT_EQ(account(say(Mechanism::OauthBearer, {"n,,\x01"
                                                   "auth=bearer good.token\x01\x01"})),
              "julius");
}

TEST_F(Exchanges, of_oauthbearer_say_why_before_they_refuse) {
    for (const char* wrong : {"n,,\x01"
                              "auth=Bearer bad.token\x01\x01",
                              "n,a=ann@b.example,\x01"
                              "auth=Bearer good.token\x01\x01",
                              // RFC 7628 §4.3: to hear what a token must be for.
                              "n,,\x01"
                              "auth=\x01\x01"}) {
        const auto told = std::get<SaslChallenge>(say(Mechanism::OauthBearer, {wrong}));
        EXPECT_EQ(told.octets, R"({"status":"invalid_token"})");
        ASSERT_TRUE(told.failure);
        EXPECT_EQ(told.failure->refusal, SaslRefusal::Wrong);
        EXPECT_NE(told.failure->why, "");
    }
}

TEST_F(Exchanges, of_oauthbearer_refuse_what_is_no_message) {
    for (const char* malformed : {"", "n", "n,", "n,,", "n,,\x01", "n,,\x01\x01",
                                  "p=tls-exporter,,\x01"
                                  "auth=Bearer good.token\x01\x01",
                                  "n,julius,\x01"
                                  "auth=Bearer good.token\x01\x01",
                                  "n,a=,\x01"
                                  "auth=Bearer good.token\x01\x01",
                                  "n,a=ju=lius,\x01"
                                  "auth=Bearer good.token\x01\x01",
                                  "n,,\x01"
                                  "auth=Bearer \x01\x01",
                                  "n,,\x01"
                                  "auth=Bearer good token\x01\x01",
                                  "n,,\x01"
                                  "auth=Basic good.token\x01\x01",
                                  "n,,\x01"
                                  "auth=Bearer good.token\x01",
                                  "n,,\x01"
                                  "auth=Bearer good.token\x01\x01x",
                                  "n,,\x01"
                                  "auth=Bearer good.token\x01"
                                  "auth=Bearer good.token\x01\x01",
                                  "n,,x\x01"
                                  "auth=Bearer good.token\x01\x01"})
        EXPECT_EQ(refusal(say(Mechanism::OauthBearer, {malformed})), SaslRefusal::Malformed) << malformed;
}

TEST_F(Exchanges, of_xoauth2_take_a_token_of_the_account_that_is_named) {
    EXPECT_EQ(account(say(Mechanism::Xoauth2, {"user=julius\x01"
                                               "auth=Bearer good.token\x01\x01"})),
              "julius");
    const auto told = std::get<SaslChallenge>(say(Mechanism::Xoauth2, {"user=ann@b.example\x01"
                                                                       "auth=Bearer good.token\x01\x01"}));
    ASSERT_TRUE(told.failure);
    EXPECT_EQ(told.failure->refusal, SaslRefusal::Wrong);
    EXPECT_EQ(refusal(say(Mechanism::Xoauth2, {"user=\x01"
                                               "auth=Bearer good.token\x01\x01"})),
              SaslRefusal::Malformed);
    EXPECT_EQ(refusal(say(Mechanism::Xoauth2, {"auth=Bearer good.token\x01\x01"})), SaslRefusal::Malformed);
}

// However it is written, it is one account: with one count of what it sends, and one hold.
TEST_F(Exchanges, know_an_account_by_one_name) {
    tokens->accounts = {{"good.token", "Julius@B.Example"}};
    EXPECT_EQ(account(say(Mechanism::Xoauth2, {"user=Julius@b.EXAMPLE\x01"
                                               "auth=Bearer good.token\x01\x01"})),
              "Julius@b.example");
    scene.has_accepted_certificate = true;
    scene.tls->peer_names = {"Julius@B.EXAMPLE"};
    EXPECT_EQ(account(say(Mechanism::External, {""})), "Julius@b.example");
    EXPECT_EQ(account(say(Mechanism::External, {"Julius@b.example"})), "Julius@b.example");
}

TEST(OauthBearer, names_have_commas_and_equals_signs_escaped) {
    EXPECT_EQ(parse_oauthbearer("n,a=a=2Cb=3Dc,\x01"
                                "auth=Bearer t\x01\x01")
                  ->account,
              "a,b=c");
    EXPECT_FALSE(
        parse_oauthbearer("n,a=a=2cb,\x01"
                          "auth=Bearer t\x01\x01"));
}

// ---- what is offered

TEST_F(Exchanges, offer_no_password_where_it_would_go_over_the_wire) {
    scene.tls.reset();
    EXPECT_EQ(authenticator->offered(scene), (std::vector{Mechanism::ScramSha256, Mechanism::ScramSha1}));
    scene.peer = Endpoint::parse("127.0.0.1:4000").value();
    EXPECT_EQ(authenticator->offered(scene), (std::vector{Mechanism::ScramSha256, Mechanism::ScramSha1}));
    settings.clear_on_loopback = true;
    EXPECT_EQ(authenticator->offered(scene),
              (std::vector{Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::OauthBearer,
                           Mechanism::Xoauth2, Mechanism::Plain, Mechanism::Login}));
    // A balancer or a filter elsewhere may say of its client what it likes, or nothing.
    scene.peer = Endpoint::parse("192.0.2.7:4000").value();
    for (const char* stated : {"127.0.0.1:4000", "0.0.0.0:0"}) {
        scene.client = Endpoint::parse(stated).value();
        EXPECT_EQ(authenticator->offered(scene), (std::vector{Mechanism::ScramSha256, Mechanism::ScramSha1}));
    }
}

TEST_F(Exchanges, offer_what_the_store_and_the_connection_can_serve) {
    scene.tls->exporter = "bound";
    scene.has_accepted_certificate = true;
    scene.tls->peer_names = {"julius"};
    EXPECT_EQ(authenticator->offered(scene), (std::vector(all_mechanisms.begin(), all_mechanisms.end())));
    credentials->has_scram = false;
    EXPECT_EQ(authenticator->offered(scene),
              (std::vector{Mechanism::External, Mechanism::OauthBearer, Mechanism::Xoauth2, Mechanism::Plain,
                           Mechanism::Login}));
    credentials->has_passwords = false;
    settings.mechanisms = {Mechanism::Plain, Mechanism::OauthBearer};
    EXPECT_EQ(authenticator->offered(scene), (std::vector{Mechanism::OauthBearer}));
}

TEST_F(Exchanges, offer_certificates_alone_where_there_are_no_accounts) {
    const AccountAuthenticator alone(settings, nullptr, nullptr, sim.world().random);
    EXPECT_EQ(alone.offered(scene), std::vector<Mechanism>());
    scene.has_accepted_certificate = true;
    scene.tls->peer_names = {"julius"};
    EXPECT_EQ(alone.offered(scene), (std::vector{Mechanism::External}));
}

}  // namespace
}  // namespace cursus
