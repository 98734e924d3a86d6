// The client's side of SASL against the server's side of another program's library, honest and not.
#include "smtp/sasl_client.h"

#include <gsasl.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::Optional;

const LoginAs credentials{"credentials", "Et tu?"};

std::string coded(std::string_view octets) {
    char* text = nullptr;
    EXPECT_EQ(gsasl_base64_to(octets.data(), octets.size(), &text, nullptr), GSASL_OK);
    std::string copy(text);
    gsasl_free(text);
    return copy;
}

std::string decoded(std::string_view text) {
    char* octets = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(gsasl_base64_from(text.data(), text.size(), &octets, &size), GSASL_OK);
    std::string copy(octets, size);
    gsasl_free(octets);
    return copy;
}

class Server {
public:
    Server(Mechanism mechanism, const char* password, const TlsFacts* binding = nullptr,
           const char* iterations = "4096") {
        const std::string its_name(name(mechanism));
        EXPECT_EQ(gsasl_init(&library_), GSASL_OK);
        EXPECT_EQ(gsasl_server_start(library_, its_name.c_str(), &session_), GSASL_OK);
        set(GSASL_PASSWORD, password);
        set(GSASL_SCRAM_ITER, iterations);
        if (binding == nullptr) return;
        if (!binding->exporter.empty()) set(GSASL_CB_TLS_EXPORTER, coded(binding->exporter).c_str());
        if (!binding->unique.empty()) set(GSASL_CB_TLS_UNIQUE, coded(binding->unique).c_str());
    }
    ~Server() {
        gsasl_finish(session_);
        gsasl_done(library_);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // What it says to that; empty and refused() when it has had enough.
    std::string hear(const std::string& response) {
        char* challenge = nullptr;
        outcome_ = gsasl_step64(session_, response.c_str(), &challenge);
        std::string copy(challenge != nullptr ? challenge : "");
        gsasl_free(challenge);
        return copy;
    }
    bool refused() const { return outcome_ != GSASL_OK && outcome_ != GSASL_NEEDS_MORE; }
    bool is_content() const { return outcome_ == GSASL_OK; }

private:
    void set(Gsasl_property property, const char* text) {
        EXPECT_EQ(gsasl_property_set(session_, property, text), GSASL_OK);
    }
    Gsasl* library_ = nullptr;
    Gsasl_session* session_ = nullptr;
    int outcome_ = GSASL_NEEDS_MORE;
};

// The whole exchange. False: somebody gave up.
bool agree(SaslClient& client, Server& server) {
    auto said = client.answer("");
    while (said && !server.is_content()) {
        const std::string challenge = server.hear(*said);
        if (server.refused()) return false;
        said = client.answer(challenge);
    }
    return said && client.is_satisfied();
}

TlsFacts bound_by_exporter() {
    TlsFacts facts;
    facts.exporter = std::string(32, 'e');
    return facts;
}

TEST(SaslClient, and_a_server_that_both_know_the_password_are_satisfied) {
    for (const Mechanism mechanism : {Mechanism::ScramSha1, Mechanism::ScramSha256}) {
        SaslClient client(mechanism, credentials, std::nullopt);
        Server server(mechanism, "Et tu?");
        EXPECT_TRUE(agree(client, server)) << name(mechanism);
        EXPECT_FALSE(client.answer("")) << "all is said";
    }
}

TEST(SaslClient, is_not_let_in_with_a_wrong_password) {
    SaslClient client(Mechanism::ScramSha256, credentials, std::nullopt);
    Server server(Mechanism::ScramSha256, "Brute");
    EXPECT_FALSE(agree(client, server));
    EXPECT_TRUE(server.refused());
    EXPECT_FALSE(client.is_satisfied());
}

TEST(SaslClient, is_bound_to_the_connection_and_to_no_other) {
    TlsFacts unique, other = bound_by_exporter();
    unique.unique = std::string(12, 'u');
    other.exporter.front() = 'o';
    const TlsFacts exporter = bound_by_exporter();
    for (const Mechanism mechanism : {Mechanism::ScramSha1Plus, Mechanism::ScramSha256Plus}) {
        for (const TlsFacts* facts : {&exporter, static_cast<const TlsFacts*>(&unique)}) {
            SaslClient client(mechanism, credentials, *facts);
            Server server(mechanism, "Et tu?", facts);
            EXPECT_TRUE(agree(client, server)) << name(mechanism);
        }
        SaslClient client(mechanism, credentials, exporter);
        Server in_between(mechanism, "Et tu?", &other);
        EXPECT_FALSE(agree(client, in_between)) << name(mechanism);
    }
}

TEST(SaslClient, goes_without_a_binding_where_the_mechanism_has_none) {
    SaslClient client(Mechanism::ScramSha256, credentials, bound_by_exporter());
    Server server(Mechanism::ScramSha256, "Et tu?");
    EXPECT_TRUE(agree(client, server));
}

TEST(SaslClient, is_not_satisfied_by_a_server_that_does_not_know_the_password) {
    SaslClient client(Mechanism::ScramSha256, credentials, std::nullopt);
    Server server(Mechanism::ScramSha256, "Et tu?");
    auto said = client.answer("");
    said = client.answer(server.hear(*said));
    ASSERT_TRUE(said);
    EXPECT_FALSE(client.is_satisfied());
    const auto believed = client.answer(coded("v=" + coded(std::string(32, 'v'))));
    ASSERT_FALSE(believed);
    EXPECT_EQ(believed.error(), "it does not prove that it knows the password");
    EXPECT_FALSE(client.is_satisfied());
}

TEST(SaslClient, takes_no_last_word_for_a_challenge) {
    SaslClient client(Mechanism::ScramSha256, credentials, std::nullopt);
    (void)client.answer("");
    EXPECT_FALSE(client.answer(coded("v=" + coded(std::string(32, 'v')))));
    EXPECT_FALSE(client.is_satisfied());
}

// What a server says to the first message, with this instead of its count of iterations.
std::string answer_with(const std::string& iterations) {
    SaslClient client(Mechanism::ScramSha256, credentials, std::nullopt);
    const std::string first = decoded(client.answer("").value());
    const std::string nonce = first.substr(first.find("r="));
    const auto answer = client.answer(coded(nonce + "SERVER,s=" + coded("salt") + iterations));
    return answer ? "answered" : answer.error();
}

TEST(SaslClient, computes_no_longer_than_it_wants_to_and_gives_nothing_cheap_to_guess_from) {
    EXPECT_EQ(answer_with(",i=4096"), "answered");
    EXPECT_EQ(answer_with(",i=200000"), "answered");
    for (const char* many : {",i=200001", ",i=4294967295", ",i=4294967296", ",i=99999999999999999999"})
        EXPECT_EQ(answer_with(many), "it asks for more than 200000 iterations");
    EXPECT_EQ(answer_with(",i=4095"), "it asks for 4095 iterations, fewer than 4096");
    EXPECT_EQ(answer_with(",i=0"), "it asks for 0 iterations, fewer than 4096");
    EXPECT_EQ(answer_with(",i=-1"), "it asks for more than 200000 iterations");
    EXPECT_EQ(answer_with(""), "its challenge names no iterations");
    EXPECT_EQ(answer_with(",x=1,i=4096"), "its challenge names no iterations");
}

TEST(SaslClient, refuses_a_nonce_that_is_not_its_own) {
    SaslClient client(Mechanism::ScramSha256, credentials, std::nullopt);
    (void)client.answer("");
    EXPECT_FALSE(client.answer(coded("r=somebody-elses,s=" + coded("salt") + ",i=4096")));
}

std::optional<Mechanism> chosen(std::vector<std::string> offered, std::vector<Mechanism> wanted = {},
                                bool may_show_secret = true, bool can_bind = true) {
    return choose_mechanism({std::move(offered), std::move(wanted), may_show_secret, can_bind});
}

TEST(MechanismChoice, is_the_best_that_a_password_serves) {
    const std::vector<std::string> all{
        "LOGIN",    "PLAIN",   "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS",
        "EXTERNAL", "XOAUTH2", "OAUTHBEARER", "CRAM-MD5",      "GSSAPI"};
    EXPECT_THAT(chosen(all), Optional(Mechanism::ScramSha256Plus));
    EXPECT_THAT(chosen(all, {}, true, false), Optional(Mechanism::ScramSha256));
    EXPECT_THAT(chosen(all, {Mechanism::Login, Mechanism::Plain}), Optional(Mechanism::Plain));
    EXPECT_THAT(chosen({"LOGIN", "CRAM-MD5"}), Optional(Mechanism::Login));
    EXPECT_EQ(chosen({"EXTERNAL", "XOAUTH2", "OAUTHBEARER", "CRAM-MD5"}), std::nullopt);
    EXPECT_EQ(chosen({}), std::nullopt);
}

TEST(MechanismChoice, never_shows_the_password_where_somebody_may_listen) {
    EXPECT_EQ(chosen({"PLAIN", "LOGIN"}, {}, false), std::nullopt);
    EXPECT_EQ(chosen({"PLAIN", "SCRAM-SHA-1"}, {Mechanism::Plain}, false), std::nullopt);
    EXPECT_THAT(chosen({"PLAIN", "SCRAM-SHA-1"}, {}, false), Optional(Mechanism::ScramSha1));
}

}  // namespace
}  // namespace cursus
