#include <gtest/gtest.h>

#include "mail/reply_parser.h"
#include "smtp/tests/dialogue.h"

namespace cursus {
namespace {

Task<void> greets(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    EXPECT_TRUE(greeted);
    EXPECT_TRUE(client.is_usable());
}

template <SmtpStage stage, int code>
Task<void> fails(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    EXPECT_FALSE(greeted);
    if (greeted) co_return;
    EXPECT_EQ(greeted.error().stage, stage);
    EXPECT_EQ(greeted.error().reply ? greeted.error().reply->code() : 0, code);
    EXPECT_FALSE(greeted.error().what.empty());
    EXPECT_FALSE(client.is_usable());
}

TEST(Greeting, is_heard_and_extensions_are_read) {
    converse(R"(
        S: 220-mx.example ESMTP
        S: 220 hello
        C: EHLO own.example
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250-size 1000000
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-STARTTLS
        S: 250-DSN
        S: 250-CHUNKING
        S: 250-ENHANCEDSTATUSCODES
        S: 250-AUTH PLAIN login PLAIN
        S: 250-LIMITS RCPTMAX=20 MAILMAX=0 X
        S: 250-DELIVERBY 240
        S: 250-MT-PRIORITY MIXER
        S: 250 X-WHATEVER
    )",
             [](SmtpClient& client) -> Task<void> {
                 const auto greeted = co_await client.greet();
                 EXPECT_TRUE(greeted);
                 const auto& e = client.extensions();
                 EXPECT_TRUE(e.esmtp && e.pipelining && e.eight_bit_mime && e.smtputf8 && e.starttls &&
                             e.dsn && e.chunking && e.enhanced_status_codes && e.mt_priority);
                 EXPECT_EQ(e.deliver_by, std::chrono::seconds{240});
                 EXPECT_EQ(e.size, 1'000'000U);
                 EXPECT_EQ(e.rcpt_max, 20U);
                 EXPECT_FALSE(e.mail_max);
                 EXPECT_EQ(e.auth, (std::vector<std::string>{"PLAIN", "LOGIN"}));
             });
}

TEST(Greeting, takes_deliverby_without_a_least_time) {
    EXPECT_EQ(read_extensions(Reply(250, {"mx", "DELIVERBY"})).deliver_by, std::chrono::seconds{0});
    EXPECT_FALSE(read_extensions(Reply(250, {"mx", "SIZE"})).deliver_by);
}

TEST(Greeting, passes_over_a_bogus_size) {
    for (const char* size : {"SIZE", "SIZE x", "SIZE -1", "SIZE 99999999999999999999999"}) {
        EXPECT_EQ(read_extensions(Reply(250, {"mx", size})).size, 0U) << size;
    }
    EXPECT_FALSE(read_extensions(Reply(250, {"SIZE 10"})).size);  // the first line is a name
}

TEST(Greeting, falls_back_to_helo) {
    converse(R"(
        S: 220 mx.example
        C: EHLO own.example
        S: 502 what?
        C: HELO own.example
        S: 250 mx.example
    )",
             [](SmtpClient& client) -> Task<void> {
                 co_await greets(client);
                 EXPECT_FALSE(client.extensions().esmtp);
             });
}

TEST(Greeting, may_refuse) {
    converse("S: 554 go away", fails<SmtpStage::Greeting, 554>);
    converse("S: 450 later", fails<SmtpStage::Greeting, 450>);
    converse("S: 421 mx.example busy", fails<SmtpStage::Greeting, 421>);
    converse("S: 220 mx\nC: EHLO own.example\nS: 550 no", fails<SmtpStage::Ehlo, 550>);
    converse("S: 220 mx\nC: EHLO own.example\nS: 421 no", fails<SmtpStage::Ehlo, 421>);
    converse("S: 220 mx\nC: EHLO own.example\nS: 500 ?\nC: HELO own.example\nS: 450 no",
             fails<SmtpStage::Ehlo, 450>);
}

TEST(Greeting, is_followed_by_quit_after_a_refusal) {
    converse("S: 554 go away\nC: QUIT\nS: 221 bye", [](SmtpClient& client) -> Task<void> {
        const auto greeted = co_await client.greet();
        EXPECT_FALSE(greeted);
        co_await client.quit();
    });
}

TEST(Greeting, may_be_no_reply_at_all) {
    converse("S: HTTP/1.1 400 Bad Request", fails<SmtpStage::Greeting, 0>);
    converse("S: 250 hello", fails<SmtpStage::Greeting, 0>);
    converse("S: 354 hello", fails<SmtpStage::Greeting, 0>);
    converse("S+ 220 hello\\n\n", fails<SmtpStage::Greeting, 0>);
    converse("! close", fails<SmtpStage::Greeting, 0>);
    converse("S+ 220-hello\n! reset", fails<SmtpStage::Greeting, 0>);
    converse("S: 220 mx\nC: EHLO own.example\nS: 354 go", fails<SmtpStage::Ehlo, 0>);
}

TEST(Greeting, may_be_endless) {
    std::string script;
    for (std::size_t i = 0; i <= reply_lines_max; ++i) script += "S: 220-hello\n";
    converse(script, fails<SmtpStage::Greeting, 0>);
    converse("S+ 220 " + std::string(reply_line_octets_max - 5, 'x'), fails<SmtpStage::Greeting, 0>);
}

TEST(Greeting, may_come_too_late_or_too_slowly) {
    converse("! wait 301s", fails<SmtpStage::Greeting, 0>);
    converse("! wait 200s\nS+ 220\n! wait 200s", fails<SmtpStage::Greeting, 0>);
    converse("! wait 299s\nS: 220 mx\nC: EHLO own.example\n! wait 299s\nS: 250 mx", greets);
}

TEST(Lmtp, says_lhlo_and_never_helo) {
    converse("S: 220 mx\nC: LHLO own.example\nS: 250 mx", greets, Dialect::Lmtp);
    converse("S: 220 mx\nC: LHLO own.example\nS: 500 ?", fails<SmtpStage::Ehlo, 500>, Dialect::Lmtp);
}

Task<void> starts_tls(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    const auto secured = co_await client.start_tls(nullptr, "mx.example");
    EXPECT_TRUE(greeted && secured);
    EXPECT_EQ(client.stream().tls()->server_name, "mx.example");
    EXPECT_TRUE(client.extensions().dsn);
    EXPECT_FALSE(client.extensions().pipelining);  // what was said in the clear is forgotten
}

template <int code>
Task<void> cannot_start_tls(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    const auto secured = co_await client.start_tls(nullptr, "mx.example");
    EXPECT_TRUE(greeted);
    EXPECT_FALSE(secured);
    if (secured) co_return;
    EXPECT_EQ(secured.error().stage, SmtpStage::StartTls);
    EXPECT_EQ(secured.error().reply ? secured.error().reply->code() : 0, code);
}

constexpr std::string_view before_tls = R"(
        S: 220 mx.example
        C: EHLO own.example
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250 STARTTLS
        C: STARTTLS
)";

TEST(StartTls, begins_anew) {
    converse(std::string(before_tls) + "S: 220 go\n! tls\nC: EHLO own.example\nS: 250-mx\nS: 250 DSN",
             starts_tls);
}

TEST(StartTls, may_be_refused_or_fail) {
    converse(std::string(before_tls) + "S: 454 not now", cannot_start_tls<454>);
    converse(std::string(before_tls) + "S: 421 not now", cannot_start_tls<421>);
    converse(std::string(before_tls) + "S: 250 ok", cannot_start_tls<0>);
    converse(std::string(before_tls) + "S: 220 go\n! tls-fail", cannot_start_tls<0>);
}

Task<void> sees_injection(SmtpClient& client) {
    const auto greeted = co_await client.greet();
    const auto secured = co_await client.start_tls(nullptr, "mx.example");
    EXPECT_TRUE(greeted);
    EXPECT_FALSE(secured);
    EXPECT_FALSE(client.is_usable());
}

// Only with replies in one piece can anything be seen to stand behind the answer, so this plays without
// converse().
TEST(StartTls, is_not_begun_when_replies_came_in_the_clear_behind_its_answer) {
    converse_in_one_piece(std::string(before_tls) + "S+ 220 go\\r\\n250-evil\\r\\n250 AUTH PLAIN\\r\\n",
                          sees_injection);
    converse_in_one_piece(std::string(before_tls) + "S+ 220 go\\r\\n2", sees_injection);
}

}  // namespace
}  // namespace cursus
