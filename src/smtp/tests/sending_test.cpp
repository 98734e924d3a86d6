#include <gtest/gtest.h>

#include "smtp/tests/dialogue.h"

namespace cursus {
namespace {

using namespace std::string_literals;

constexpr std::string_view greeted = R"(
    S: 220 mx.example
    C: EHLO own.example
    S: 250-mx.example
    S: 250-SIZE 1000
    S: 250-8BITMIME
    S: 250 DSN
)";
constexpr std::string_view greeted_pipelining = R"(
    S: 220 mx.example
    C: EHLO own.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-SMTPUTF8
    S: 250 8BITMIME
)";

std::string script(std::string_view greeting, std::string_view rest) {
    return std::string(greeting) + std::string(rest);
}

// The outcome of each recipient in one line, or the failure: "Rcpt 421", "Body lost".
std::string describe_result(const Result<TransactionResult, DialogueFailure>& result,
                            std::size_t recipients) {
    std::string text;
    if (!result) {
        const auto& error = result.error();
        return std::string(describe(error.stage)) + ": " +
               (error.reply ? error.reply->one_line() : error.what);
    }
    for (std::size_t i = 0; i < recipients; ++i) text += (i ? " | " : "") + result->outcome(i).one_line();
    return text;
}

Task<std::string> sent(SmtpClient& client, TransactionRequest message, std::vector<std::string> pieces) {
    const auto recipients = message.recipients.size();
    TextBody body(std::move(pieces));
    const auto result = co_await client.send(std::move(message), body);
    co_return describe_result(result, recipients);
}

Task<std::string> greet_and_send(SmtpClient& client, TransactionRequest message,
                                 std::vector<std::string> pieces) {
    const auto hello = co_await client.greet();
    EXPECT_TRUE(hello);
    co_return co_await sent(client, std::move(message), std::move(pieces));
}

TEST(Sending, goes_step_by_step_to_a_peer_without_pipelining) {
    converse(script(greeted, R"(
        C: MAIL FROM:<ann@a.example> SIZE=8 BODY=8BITMIME RET=HDRS
        S: 250 ok
        C: RCPT TO:<bob@b.example> NOTIFY=NEVER
        S: 250 ok
        C: RCPT TO:<cat@b.example>
        S: 550 5.1.1 who
        C: DATA
        S: 354 go
        C: a
        C: ..b
        C: .
        S: 250 2.0.0 kept
        C: QUIT
        S: 221 bye
    )"),
             [](SmtpClient& client) -> Task<void> {
                 auto message = request("ann@a.example", {"bob@b.example", "cat@b.example"});
                 message.size = 8;
                 message.body = Body::EightBitMime;
                 message.mail_parameters = {"RET=HDRS"};
                 message.recipient_parameters = {{"NOTIFY=NEVER"}, {}};
                 const auto outcome =
                     co_await greet_and_send(client, std::move(message), {"a\r\n", ".b\r\n"});
                 EXPECT_EQ(outcome, "250 2.0.0 kept | 550 5.1.1 who");
                 EXPECT_TRUE(client.is_usable());
                 EXPECT_EQ(client.transactions(), 1U);
                 co_await client.quit();
             });
}

TEST(Sending, puts_the_envelope_into_one_group_where_it_can) {
    converse(script(greeted_pipelining, R"(
        C: MAIL FROM:<>
        C: RCPT TO:<bob@b.example>
        C: RCPT TO:<cat@b.example>
        C: DATA
        S: 250 ok
        S: 450 4.2.1 later
        S: 250 ok
        S: 354 go
        C: a
        C: .
        S: 250 kept
        C: MAIL FROM:<>
        C: RCPT TO:<bob@b.example>
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 354 go
        C: .
        S: 554 no
    )"),
             [](SmtpClient& client) -> Task<void> {
                 const auto first =
                     co_await greet_and_send(client, request("", {"bob@b.example", "cat@b.example"}), {"a"});
                 EXPECT_EQ(first, "450 4.2.1 later | 250 kept");
                 const auto second = co_await sent(client, request("", {"bob@b.example"}), {});
                 EXPECT_EQ(second, "554 no");
                 EXPECT_TRUE(client.is_usable());
             });
}

TEST(Sending, cuts_large_groups_so_that_replies_are_read_in_between) {
    std::string commands = "C: MAIL FROM:<>\n", replies = "S: 250 ok\n", rest;
    for (int i = 1; i < 50; ++i) {
        commands += "C: RCPT TO:<x@b.example>\n";
        replies += "S: 250 ok\n";
    }
    rest = "C: RCPT TO:<x@b.example>\nC: DATA\nS: 250 ok\nS: 354 go\nC: .\nS: 250 kept\n";
    converse(script(greeted_pipelining, commands + replies + rest), [](SmtpClient& client) -> Task<void> {
        const std::vector<std::string_view> recipients(50, "x@b.example");
        const auto outcome = co_await greet_and_send(client, request("", recipients), {});
        EXPECT_TRUE(outcome.starts_with("250 kept | 250 kept"));
    });
}

TEST(Sending, stops_at_a_refused_sender) {
    converse(script(greeted, R"(
        C: MAIL FROM:<ann@a.example>
        S: 550 5.7.1 not you
        C: MAIL FROM:<>
        S: 250 ok
        C: RCPT TO:<bob@b.example>
        S: 250 ok
        C: DATA
        S: 354 go
        C: .
        S: 250 kept
    )"),
             [](SmtpClient& client) -> Task<void> {
                 const auto first =
                     co_await greet_and_send(client, request("ann@a.example", {"bob@b.example"}), {"a"});
                 EXPECT_EQ(first, "550 5.7.1 not you");
                 const auto second = co_await sent(client, request("", {"bob@b.example"}), {});
                 EXPECT_EQ(second, "250 kept");
             });
}

TEST(Sending, resets_a_transaction_that_nobody_was_accepted_in) {
    converse(script(greeted, R"(
        C: MAIL FROM:<>
        S: 250 ok
        C: RCPT TO:<bob@b.example>
        S: 550 no
        C: RSET
        S: 250 ok
        C: MAIL FROM:<>
        S: 250 ok
        C: RCPT TO:<cat@b.example>
        S: 250 ok
        C: DATA
        S: 451 later
    )"),
             [](SmtpClient& client) -> Task<void> {
                 const auto first = co_await greet_and_send(client, request("", {"bob@b.example"}), {"a"});
                 EXPECT_EQ(first, "550 no");
                 const auto second = co_await sent(client, request("", {"cat@b.example"}), {});
                 EXPECT_EQ(second, "451 later");
                 EXPECT_TRUE(client.is_usable());
             });
}

TEST(Sending, ends_with_a_lone_dot_what_a_peer_takes_for_nobody) {
    converse(script(greeted_pipelining, R"(
        C: MAIL FROM:<>
        C: RCPT TO:<bob@b.example>
        C: DATA
        S: 250 ok
        S: 550 no
        S: 354 go
        C: .
        S: 554 no recipients
        C: MAIL FROM:<>
        C: RCPT TO:<cat@b.example>
        C: DATA
        S: 250 ok
        S: 550 no
        S: 503 no recipients
        C: RSET
        C: MAIL FROM:<>
        C: RCPT TO:<dan@b.example>
        C: DATA
        S: 250 ok
        S: 550 not you
        S: 503 no
        S: 503 no
    )"),
             [](SmtpClient& client) -> Task<void> {
                 const auto first = co_await greet_and_send(client, request("", {"bob@b.example"}), {"a"});
                 EXPECT_EQ(first, "550 no");
                 const auto second = co_await sent(client, request("", {"cat@b.example"}), {"a"});
                 EXPECT_EQ(second, "550 no");
                 const auto third = co_await sent(client, request("", {"dan@b.example"}), {"a"});
                 EXPECT_EQ(third, "550 not you");
                 EXPECT_TRUE(client.is_usable());
             });
}

// One message from nobody to Bob, which must end as `expected`, without or with pipelining.
template <const char* const& expected>
Task<void> ends_as(SmtpClient& client) {
    const auto outcome = co_await greet_and_send(client, request("", {"bob@b.example"}), {"a\r\n"});
    EXPECT_EQ(outcome, expected);
    EXPECT_FALSE(client.is_usable());
}

constexpr const char* mail_421 = "the reply to MAIL: 421 bye";
constexpr const char* rcpt_421 = "the reply to RCPT: 421 bye";
constexpr const char* data_421 = "the reply to DATA: 421 bye";
constexpr const char* dot_421 = "the reply to the message: 421 bye";

TEST(Sending, fails_on_421_at_any_stage) {
    const auto group = "C: MAIL FROM:<>\nC: RCPT TO:<bob@b.example>\nC: DATA\n"s;
    converse(script(greeted, "C: MAIL FROM:<>\nS: 421 bye"), ends_as<mail_421>);
    converse(script(greeted, "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@b.example>\nS: 421 bye"),
             ends_as<rcpt_421>);
    converse(script(greeted_pipelining, group + "S: 250 ok\nS: 421 bye"), ends_as<rcpt_421>);
    converse(script(greeted_pipelining, group + "S: 250 ok\nS: 250 ok\nS: 421 bye"), ends_as<data_421>);
    converse(script(greeted_pipelining, group + "S: 250 ok\nS: 250 ok\nS: 354 go\nC: a\nC: .\nS: 421 bye"),
             ends_as<dot_421>);
}

constexpr const char* mail_354 = "the reply to MAIL: not an answer to the command: 354 go";
constexpr const char* data_250 = "the reply to DATA: not an answer to the command: 250 ok";
constexpr const char* dot_354 = "the reply to the message: not an answer to a message: 354 go";
constexpr const char* rcpt_code = "the reply to RCPT: the code changes within the reply";
constexpr const char* dot_lost = "the reply to the message: the connection broke";
constexpr const char* dot_late = "the reply to the message: timed out";
constexpr const char* data_late = "the reply to DATA: timed out";
constexpr const char* dot_blocked = "the reply to the message: the connection broke";

TEST(Sending, fails_on_answers_out_of_place) {
    const auto group = "C: MAIL FROM:<>\nC: RCPT TO:<bob@b.example>\nC: DATA\n"s;
    converse(script(greeted, "C: MAIL FROM:<>\nS: 354 go"), ends_as<mail_354>);
    converse(script(greeted_pipelining, group + "S: 250 ok\nS: 250 ok\nS: 250 ok"), ends_as<data_250>);
    converse(script(greeted_pipelining, group + "S: 250 ok\nS: 250 ok\nS: 354 go\nC: a\nC: .\nS: 354 go"),
             ends_as<dot_354>);
    converse(script(greeted, "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@b.example>\nS: 250-a\nS: 550 b"),
             ends_as<rcpt_code>);
}

TEST(Sending, tells_where_the_connection_was_lost) {
    const auto group = "C: MAIL FROM:<>\nC: RCPT TO:<bob@b.example>\nC: DATA\nS: 250 ok\nS: 250 ok\n"s;
    converse(script(greeted_pipelining, group + "! wait 121s"), ends_as<data_late>);
    converse(script(greeted_pipelining, group + "S: 354 go\nC: a\nC: .\n! reset"), ends_as<dot_lost>);
    converse(script(greeted_pipelining, group + "S: 354 go\nC: a\nC: .\n! wait 11m"), ends_as<dot_late>);
    converse(script(greeted_pipelining, group + "S: 354 go\n! block"), ends_as<dot_blocked>);
}

constexpr std::string_view up_to_354 = R"(
    C: MAIL FROM:<>
    C: RCPT TO:<bob@b.example>
    C: DATA
    S: 250 ok
    S: 250 ok
    S: 354 go
)";

TEST(Sending, hears_why_a_peer_stops_in_the_middle_of_the_message) {
    converse(script(greeted_pipelining, std::string(up_to_354) + "C: a\n! block\nS: 552 5.3.4 too much\n"),
             [](SmtpClient& client) -> Task<void> {
                 const auto outcome = co_await greet_and_send(client, request("", {"bob@b.example"}),
                                                              {"a\r\n", "b\r\n", "c\r\n"});
                 EXPECT_EQ(outcome, "the message being sent: 552 5.3.4 too much");
             });
    converse(script(greeted_pipelining, std::string(up_to_354) + "C: a\n! block\n! reset\n"),
             [](SmtpClient& client) -> Task<void> {
                 const auto outcome = co_await greet_and_send(client, request("", {"bob@b.example"}),
                                                              {"a\r\n", "b\r\n", "c\r\n"});
                 EXPECT_EQ(outcome, "the message being sent: the connection broke");
             });
}

TEST(Sending, never_ends_a_message_that_cannot_be_read_or_is_damaged) {
    converse(script(greeted_pipelining, std::string(up_to_354)), [](SmtpClient& client) -> Task<void> {
        const auto outcome = co_await greet_and_send(client, request("", {"bob@b.example"}), {"a\nb\r\n"});
        EXPECT_EQ(outcome, "the message being sent: the message's lines do not end with CRLF");
        EXPECT_FALSE(client.is_usable());
    });
    converse(script(greeted_pipelining, std::string(up_to_354) + "C: a\n"),
             [](SmtpClient& client) -> Task<void> {
                 const auto hello = co_await client.greet();
                 EXPECT_TRUE(hello);
                 TextBody body({"a\r\n", "b\r\n"}, true);
                 const auto result = co_await client.send(request("", {"bob@b.example"}), body);
                 EXPECT_EQ(describe_result(result, 1),
                           "the message being sent: the message cannot be read: disk on fire");
                 EXPECT_FALSE(client.is_usable());
             });
}

TEST(Sending, refuses_by_itself_what_the_peer_cannot_take) {
    converse(greeted, [](SmtpClient& client) -> Task<void> {
        auto big = request("", {"bob@b.example"});
        big.size = 1001;
        const auto size = co_await greet_and_send(client, big, {});
        EXPECT_EQ(size, "552 5.3.4 The message has 1001 octets, the host takes 1000");
        auto international = request("", {"bob@b.example"});
        international.smtputf8 = true;
        TextBody body({});
        const auto utf8 = co_await client.send(international, body);
        EXPECT_EQ(utf8->outcome(0).status(), (Status{5, 6, 7}));
        EXPECT_TRUE(utf8->is_own);
        const auto sender = co_await sent(client, request("jürgen@a.example", {"bob@b.example"}), {});
        EXPECT_TRUE(sender.starts_with("554 5.6.7"));
        const auto recipient = co_await sent(client, request("", {"jürgen@a.example"}), {});
        EXPECT_TRUE(recipient.starts_with("553 5.6.7"));
        auto injected = request("", {"bob@b.example"});
        injected.mail_parameters = {"ENVID=a\r\nRCPT"};
        const auto injection = co_await sent(client, injected, {});
        EXPECT_TRUE(injection.starts_with("554 5.5.4"));
        EXPECT_TRUE(client.is_usable());
        EXPECT_EQ(client.transactions(), 0U);
    });
    converse("S: 220 mx\nC: EHLO own.example\nS: 250 mx", [](SmtpClient& client) -> Task<void> {
        auto eight_bit = request("", {"bob@b.example"});
        eight_bit.body = Body::EightBitMime;
        const auto outcome = co_await greet_and_send(client, eight_bit, {});
        EXPECT_TRUE(outcome.starts_with("554 5.6.3"));
    });
}

TEST(Sending, says_smtputf8_when_an_address_needs_it) {
    converse(script(greeted_pipelining, R"(
        C: MAIL FROM:<ann@xn--bcher-kva.example> SMTPUTF8
        C: RCPT TO:<jürgen@b.example>
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 354 go
        C: .
        S: 250 kept
    )"),
             [](SmtpClient& client) -> Task<void> {
                 const auto outcome =
                     co_await greet_and_send(client, request("ann@bücher.example", {"jürgen@b.example"}), {});
                 EXPECT_EQ(outcome, "250 kept");
             });
}

TEST(Sending, keeps_to_the_limits_of_the_peer) {
    converse(R"(
        S: 220 mx
        C: EHLO own.example
        S: 250-mx
        S: 250-PIPELINING
        S: 250 LIMITS MAILMAX=1 RCPTMAX=1
        C: MAIL FROM:<>
        C: RCPT TO:<bob@b.example>
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 354 go
        C: .
        S: 250 kept
    )",
             [](SmtpClient& client) -> Task<void> {
                 const auto outcome =
                     co_await greet_and_send(client, request("", {"bob@b.example", "cat@b.example"}), {});
                 EXPECT_EQ(outcome, "250 kept | 452 4.5.3 More recipients than the host takes at once");
                 EXPECT_FALSE(client.is_usable());
             });
}

TEST(Sending, does_not_use_a_connection_again_on_which_more_was_said_than_asked) {
    converse_in_one_piece(
        script(greeted_pipelining, std::string(up_to_354) + "C: .\nS+ 250 kept\\r\\n250 and more\\r\\n"),
        [](SmtpClient& client) -> Task<void> {
            const auto outcome = co_await greet_and_send(client, request("", {"bob@b.example"}), {});
            EXPECT_EQ(outcome, "250 kept");
            EXPECT_FALSE(client.is_usable());
        });
}

constexpr std::string_view greeted_lmtp = R"(
    S: 220 mx.example
    C: LHLO own.example
    S: 250-mx.example
    S: 250 PIPELINING
    C: MAIL FROM:<>
    C: RCPT TO:<a@b.example>
    C: RCPT TO:<b@b.example>
    C: RCPT TO:<c@b.example>
    C: DATA
    S: 250 ok
    S: 250 ok
    S: 550 who
    S: 250 ok
    S: 354 go
    C: .
)";

TEST(Lmtp, has_a_reply_for_each_accepted_recipient) {
    converse(
        script(greeted_lmtp, "S: 250 a has it\nS: 452 4.2.2 c is full"),
        [](SmtpClient& client) -> Task<void> {
            const auto message = request("", {"a@b.example", "b@b.example", "c@b.example"});
            const auto outcome = co_await greet_and_send(client, message, {});
            EXPECT_EQ(outcome, "250 a has it | 550 who | 452 4.2.2 c is full");
            EXPECT_TRUE(client.is_usable());
        },
        Dialect::Lmtp);
}

TEST(Lmtp, keeps_the_replies_that_came_before_the_connection_broke) {
    converse(
        script(greeted_lmtp, "S: 250 a has it\n! reset"),
        [](SmtpClient& client) -> Task<void> {
            const auto message = request("", {"a@b.example", "b@b.example", "c@b.example"});
            const auto outcome = co_await greet_and_send(client, message, {});
            EXPECT_EQ(outcome,
                      "250 a has it | 550 who | 451 4.4.2 The connection was lost before the reply for this "
                      "recipient");
            EXPECT_FALSE(client.is_usable());
        },
        Dialect::Lmtp);
}

Task<std::string> greet_and_probe(SmtpClient& client) {
    const auto hello = co_await client.greet();
    EXPECT_TRUE(hello);
    const auto reply = co_await client.probe(NullPath{}, Mailbox::parse("bob@b.example").value());
    if (!reply) co_return std::string(describe(reply.error().stage)) + ": " + reply.error().what;
    co_return reply->one_line();
}

TEST(Probe, asks_and_takes_it_back) {
    converse(
        script(
            greeted,
            "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@b.example>\nS: 550 5.1.1 who\nC: RSET\nS: 250 ok"),
        [](SmtpClient& client) -> Task<void> {
            const auto outcome = co_await greet_and_probe(client);
            EXPECT_EQ(outcome, "550 5.1.1 who");
            EXPECT_TRUE(client.is_usable());
        });
    converse(script(greeted_pipelining,
                    "C: MAIL FROM:<>\nC: RCPT TO:<bob@b.example>\nC: RSET\nS: 250 ok\nS: 250 yes\nS: 250 ok"),
             [](SmtpClient& client) -> Task<void> {
                 const auto outcome = co_await greet_and_probe(client);
                 EXPECT_EQ(outcome, "250 yes");
             });
}

TEST(Probe, tells_a_refused_sender_from_a_refused_recipient) {
    converse(script(greeted, "C: MAIL FROM:<>\nS: 550 no bounces"), [](SmtpClient& client) -> Task<void> {
        const auto outcome = co_await greet_and_probe(client);
        EXPECT_EQ(outcome, "the reply to MAIL: 550 no bounces");
        EXPECT_TRUE(client.is_usable());
    });
}

}  // namespace
}  // namespace cursus
