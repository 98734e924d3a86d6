// AUTH as the client speaks it, with servers that are in order and servers that are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smtp/tests/dialogue.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::Not;

// base64 of "\0julius\0Et tu?"
#define PLAIN_RESPONSE "AGp1bGl1cwBFdCB0dT8="
// Of "julius" and "Et tu?".
#define LOGIN_NAME "anVsaXVz"
#define LOGIN_PASSWORD "RXQgdHU/"

constexpr std::string_view login_greeting = R"(
    S: 220 mx.example
    C: EHLO own.example
    S: 250-mx.example
    S: 250 AUTH PLAIN LOGIN
)";

std::string after_greeting(std::string_view script) {
    return std::string(login_greeting) + std::string(script);
}

LoginAs julius() {
    return {"julius", "Et tu?"};
}

template <Mechanism mechanism>
Task<void> logs_in(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    EXPECT_TRUE(greeted);
    const auto done = co_await client.log_in(mechanism, julius());
    EXPECT_TRUE(done) << done.error().what;
    EXPECT_TRUE(client.is_usable());
}

// Nothing of the login is in what is told about it.
void expect_no_secret(const DialogueFailure& failure) {
    const std::string told = failure.what + (failure.reply ? failure.reply->text() : "");
    for (const char* secret : {PLAIN_RESPONSE, LOGIN_PASSWORD, "Et tu?"})
        EXPECT_THAT(told, Not(HasSubstr(secret)));
}

// A failure with this reply, or none (0), after which the client says QUIT if it still can.
template <Mechanism mechanism, int code>
Task<void> is_not_let_in(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    EXPECT_TRUE(greeted);
    const auto done = co_await client.log_in(mechanism, julius());
    EXPECT_FALSE(done);
    if (done) co_return;
    EXPECT_EQ(done.error().stage, SmtpStage::Auth);
    EXPECT_EQ(done.error().reply ? done.error().reply->code() : 0, code) << done.error().what;
    EXPECT_FALSE(done.error().what.empty());
    expect_no_secret(done.error());
    co_await client.quit();
}

TEST(Login, shows_name_and_password_at_once_by_plain) {
    converse(after_greeting(R"(
        C: AUTH PLAIN )" PLAIN_RESPONSE R"(
        S: 235 2.7.0 welcome
    )"),
             logs_in<Mechanism::Plain>);
}

TEST(Login, waits_to_be_asked_by_login_whatever_the_questions_are) {
    converse(after_greeting(R"(
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: )" LOGIN_NAME R"(
        S: 334 UGFzc3dvcmQ6
        C: )" LOGIN_PASSWORD R"(
        S: 235 2.7.0 welcome
    )"),
             logs_in<Mechanism::Login>);
    converse(after_greeting(R"(
        C: AUTH LOGIN
        S+ 334 \r\n
        C: )" LOGIN_NAME R"(
        S+ 334\r\n
        C: )" LOGIN_PASSWORD R"(
        S: 235 2.7.0 welcome
    )"),
             logs_in<Mechanism::Login>);
}

TEST(Login, that_is_refused_leaves_a_client_that_can_still_say_goodbye) {
    for (const std::string reply : {"535 5.7.8 wrong", "454 4.7.0 later", "534 5.7.9 too weak",
                                    "538 5.7.11 only with TLS", "503 5.5.1 not now"}) {
        const std::string script =
            after_greeting("C: AUTH PLAIN " PLAIN_RESPONSE "\nS: " + reply + "\nC: QUIT\nS: 221 bye\n");
        const int code = std::stoi(reply);
        converse(script, code == 535   ? is_not_let_in<Mechanism::Plain, 535>
                         : code == 454 ? is_not_let_in<Mechanism::Plain, 454>
                         : code == 534 ? is_not_let_in<Mechanism::Plain, 534>
                         : code == 538 ? is_not_let_in<Mechanism::Plain, 538>
                                       : is_not_let_in<Mechanism::Plain, 503>);
    }
}

TEST(Login, is_not_told_where_a_server_repeats_it) {
    converse(after_greeting(R"(
        C: AUTH PLAIN )" PLAIN_RESPONSE R"(
        S: 500 unknown command "AUTH PLAIN )" PLAIN_RESPONSE R"("
        C: QUIT
        S: 221 bye
    )"),
             is_not_let_in<Mechanism::Plain, 500>);
    converse(after_greeting(R"(
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: )" LOGIN_NAME R"(
        S: 334 UGFzc3dvcmQ6
        C: )" LOGIN_PASSWORD R"(
        S: 421-"Et tu?" is no password
        S: 421 of ours
    )"),
             is_not_let_in<Mechanism::Login, 421>);
}

TEST(Login, ends_challenges_that_do_not_end) {
    converse(after_greeting(R"(
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: )" LOGIN_NAME R"(
        S: 334 UGFzc3dvcmQ6
        C: )" LOGIN_PASSWORD R"(
        S: 334 QWdhaW4=
        C: *
        S: 501 5.0.0 cancelled
        C: QUIT
        S: 221 bye
    )"),
             is_not_let_in<Mechanism::Login, 0>);
    converse(after_greeting(R"(
        C: AUTH PLAIN )" PLAIN_RESPONSE R"(
        S: 334 TW9yZQ==
        C: *
        S: 334 TW9yZQ==
    )"),
             is_not_let_in<Mechanism::Plain, 0>);
}

TEST(Login, cancels_what_is_not_base64) {
    for (const std::string challenge : {"Username:", "VXNl=bWU6", "=AAA", "VXNlcm5hbWU6 VXNl", "????"})
        converse(after_greeting("C: AUTH LOGIN\nS: 334 " + challenge +
                                "\nC: *\nS: 501 5.5.2 cancelled\nC: QUIT\nS: 221 bye\n"),
                 is_not_let_in<Mechanism::Login, 0>);
}

TEST(Login, does_not_hear_a_challenge_to_its_end_that_is_too_long) {
    converse_in_one_piece(after_greeting("C: AUTH LOGIN\nS: 334 " + std::string(3'000, 'A') + "\n"),
                          is_not_let_in<Mechanism::Login, 0>);
}

TEST(Login, takes_no_welcome_that_comes_before_it_has_said_who_it_is) {
    converse(after_greeting(R"(
        C: AUTH LOGIN
        S: 235 2.7.0 welcome, whoever you are
    )"),
             is_not_let_in<Mechanism::Login, 0>);
    converse(after_greeting(R"(
        C: AUTH PLAIN )" PLAIN_RESPONSE R"(
        S: 250 fine
    )"),
             is_not_let_in<Mechanism::Plain, 0>);
}

TEST(Login, breaks_when_the_connection_does) {
    converse(after_greeting("C: AUTH PLAIN " PLAIN_RESPONSE "\n! close\n"),
             is_not_let_in<Mechanism::Plain, 0>);
    converse(after_greeting("C: AUTH LOGIN\n! wait 3m\n"), is_not_let_in<Mechanism::Login, 0>);
}

// RFC 4954 §4: an initial response must not make the line longer than a command may be.
TEST(Login, with_a_long_password_is_shown_only_when_it_is_asked_for) {
    const std::string base64_of_400_x = [] {
        std::string text;  // "\0j\0xxx...": whole groups of three octets
        for (int i = 0; i < 133; ++i) text += "eHh4";
        return "AGoA" + text;
    }();
    converse(after_greeting("C: AUTH PLAIN\nS+ 334 \\r\\n\nC: " + base64_of_400_x + "\nS: 235 welcome\n"),
             [](SmtpClient& client) -> Task<void> {
                 const auto greeted = co_await client.greet();
                 EXPECT_TRUE(greeted);
                 LoginAs who{"j", std::string(399, 'x')};
                 const auto done = co_await client.log_in(Mechanism::Plain, std::move(who));
                 EXPECT_TRUE(done);
             });
    converse(after_greeting("C: AUTH PLAIN\nS: 334 V2hvPw==\nC: *\nS: 501 fine\n"),
             [](SmtpClient& client) -> Task<void> {
                 const auto greeted = co_await client.greet();
                 EXPECT_TRUE(greeted);
                 LoginAs who{"j", std::string(399, 'x')};
                 const auto done = co_await client.log_in(Mechanism::Plain, std::move(who));
                 EXPECT_FALSE(done);
             });
}

}  // namespace
}  // namespace cursus
