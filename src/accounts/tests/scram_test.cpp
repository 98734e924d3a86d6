// SCRAM against the client's side of the library.
#include <gtest/gtest.h>

#include "accounts/scram_exchange.h"
#include "accounts/tests/memory_credentials.h"
#include "mail/base64.h"
#include "sim/world.h"

namespace cursus {
namespace {

class Scram : public testing::TestWithParam<Mechanism> {
protected:
    Scram() {
        credentials.passwords = {{"julius", "alea"}};
        EXPECT_EQ(gsasl_init(&library), GSASL_OK);
        if (binds_channel(GetParam())) scene.tls.emplace().exporter = "what both ends know, and nobody";
    }
    ~Scram() override { gsasl_done(library); }

    struct Client {
        std::string account = "julius", password = "alea";
        std::string exporter;  // as the client sees it
        std::string acts_for;
    };
    // How the exchange ends, and whether the client has seen the server's proof.
    struct End {
        SaslStep step;
        bool is_server_proven = false;
        std::vector<std::string> challenges;
    };
    End talk(const Client& who) { return talk(who, std::string(name(GetParam()))); }
    End talk(const Client& who, const std::string& client_mechanism) {
        Gsasl_session* session = nullptr;
        EXPECT_EQ(gsasl_client_start(library, client_mechanism.c_str(), &session), GSASL_OK);
        set(session, GSASL_AUTHID, who.account);
        set(session, GSASL_PASSWORD, who.password);
        if (!who.acts_for.empty()) set(session, GSASL_AUTHZID, who.acts_for);
        if (!who.exporter.empty()) set(session, GSASL_CB_TLS_EXPORTER, to_base64(who.exporter));
        const auto exchange = server.begin(GetParam(), scene, binding);
        End end{SaslChallenge{}, false, {}};
        while (auto* challenge = std::get_if<SaslChallenge>(&end.step)) {
            end.step = sim.run(exchange->step(advance(session, challenge->octets)));
            if (auto* next = std::get_if<SaslChallenge>(&end.step)) end.challenges.push_back(next->octets);
        }
        if (auto* success = std::get_if<SaslSuccess>(&end.step)) {
            char* octets = nullptr;
            std::size_t size = 0;
            end.is_server_proven = gsasl_step(session, success->last_word.data(), success->last_word.size(),
                                              &octets, &size) == GSASL_OK;
            gsasl_free(octets);
        }
        gsasl_finish(session);
        return end;
    }
    static void set(Gsasl_session* session, Gsasl_property property, const std::string& text) {
        gsasl_property_set(session, property, text.c_str());
    }
    static std::string advance(Gsasl_session* session, const std::string& challenge) {
        char* octets = nullptr;
        std::size_t size = 0;
        const int code = gsasl_step(session, challenge.data(), challenge.size(), &octets, &size);
        EXPECT_TRUE(code == GSASL_OK || code == GSASL_NEEDS_MORE) << gsasl_strerror(code);
        std::string text(octets == nullptr ? "" : octets, size);
        gsasl_free(octets);
        return text;
    }
    Client client() const {
        Client who;
        if (scene.tls) who.exporter = scene.tls->exporter;
        return who;
    }
    static SaslRefusal refusal(const End& end) { return std::get<SaslFailure>(end.step).refusal; }

    SimWorld sim;
    MemoryCredentials credentials;
    ScramServer server{credentials, sim.world().random};
    ScramServer::Binding binding = ScramServer::Binding::NotOffered;
    LoginScene scene;
    Gsasl* library = nullptr;
};

TEST_P(Scram, proves_the_password_to_the_server_and_the_server_to_the_client) {
    const End end = talk(client());
    ASSERT_TRUE(std::holds_alternative<SaslSuccess>(end.step));
    EXPECT_EQ(std::get<SaslSuccess>(end.step).account, "julius");
    EXPECT_TRUE(end.is_server_proven);
}

TEST_P(Scram, knows_an_account_by_one_name) {
    Client who = client();
    who.account = "ju\xc2\xadlius";  // RFC 4013 §2.1
    EXPECT_EQ(std::get<SaslSuccess>(talk(who).step).account, "julius");
}

TEST_P(Scram, refuses_a_wrong_password) {
    Client who = client();
    who.password = "jacta";
    EXPECT_EQ(refusal(talk(who)), SaslRefusal::Wrong);
}

TEST_P(Scram, makes_an_account_that_is_not_there_look_like_one_that_is) {
    Client who = client();
    const auto there = talk(who);
    who.account = "nobody";
    const auto first = talk(who), second = talk(who);
    EXPECT_EQ(refusal(first), SaslRefusal::Wrong);
    ASSERT_EQ(first.challenges.size(), 1U);
    const auto salt_and_count = [](const std::string& challenge) {
        return challenge.substr(challenge.find(",s="));
    };
    // The same every time, of the same shape as a real one, and not the same as a real one's.
    EXPECT_EQ(salt_and_count(first.challenges[0]), salt_and_count(second.challenges[0]));
    EXPECT_EQ(first.challenges[0].size(), there.challenges[0].size());
    EXPECT_NE(salt_and_count(first.challenges[0]), salt_and_count(there.challenges[0]));
    EXPECT_NE(first.challenges[0].find(",i=4096"), std::string::npos);
}

TEST_P(Scram, lets_nobody_act_for_another) {
    Client who = client();
    who.acts_for = "root";
    EXPECT_EQ(refusal(talk(who)), SaslRefusal::Wrong);
    EXPECT_EQ(credentials.asked, 0U);
    who.acts_for = "julius";
    EXPECT_TRUE(std::holds_alternative<SaslSuccess>(talk(who).step));
}

TEST_P(Scram, tells_a_store_that_is_down_from_a_wrong_password) {
    credentials.is_down = true;
    EXPECT_EQ(refusal(talk(client())), SaslRefusal::Unavailable);
}

TEST_P(Scram, refuses_names_that_are_none_and_messages_that_are_none) {
    for (const char* text :
         {"", "x", "n,,", "n,,n=julius", "n,,n=julius,r=", "n,,n=,r=abc", "p=,,n=julius,r=abc",
          "n,,m=x,n=julius,r=abc", "n,,n=jul\nius,r=abc", "n,,n=jul\xff,r=abc", "\0\0\0"}) {
        const auto exchange = server.begin(GetParam(), scene, binding);
        const SaslStep step = sim.run(exchange->step(text));
        EXPECT_TRUE(std::holds_alternative<SaslFailure>(step)) << text;
    }
    EXPECT_EQ(credentials.asked, 0U);
}

TEST_P(Scram, ends_after_its_last_message) {
    const auto exchange = server.begin(GetParam(), scene, binding);
    sim.run(exchange->step("nonsense"));
    EXPECT_TRUE(std::holds_alternative<SaslFailure>(sim.run(exchange->step("nonsense"))));
}

INSTANTIATE_TEST_SUITE_P(All, Scram,
                         testing::Values(Mechanism::ScramSha1, Mechanism::ScramSha1Plus,
                                         Mechanism::ScramSha256, Mechanism::ScramSha256Plus),
                         [](const auto& made) {
                             std::string text(name(made.param));
                             std::erase(text, '-');
                             return text;
                         });

class BoundScram : public Scram {};

// Whoever sits in between has two connections, and each has numbers of its own.
TEST_P(BoundScram, is_good_for_this_one_connection) {
    Client who = client();
    who.exporter = "what the one in between has got";
    EXPECT_EQ(refusal(talk(who)), SaslRefusal::Wrong);
}

INSTANTIATE_TEST_SUITE_P(All, BoundScram,
                         testing::Values(Mechanism::ScramSha1Plus, Mechanism::ScramSha256Plus));

class DowngradedScram : public Scram {};

// RFC 5802 §6: a client that could bind and was not offered it has been lied to.
TEST_P(DowngradedScram, is_refused_where_binding_was_offered) {
    scene.tls.emplace().exporter = "what both ends know, and nobody";
    binding = ScramServer::Binding::Offered;
    const auto exchange = server.begin(GetParam(), scene, binding);
    const SaslStep could_have = sim.run(exchange->step("y,,n=julius,r=abcdefgh"));
    EXPECT_TRUE(std::holds_alternative<SaslFailure>(could_have));
    const auto other = server.begin(GetParam(), scene, binding);
    const SaslStep cannot = sim.run(other->step("n,,n=julius,r=abcdefgh"));
    EXPECT_TRUE(std::holds_alternative<SaslChallenge>(cannot));
    EXPECT_TRUE(std::holds_alternative<SaslSuccess>(talk(Client()).step));
}

INSTANTIATE_TEST_SUITE_P(All, DowngradedScram, testing::Values(Mechanism::ScramSha1, Mechanism::ScramSha256));

}  // namespace
}  // namespace cursus
