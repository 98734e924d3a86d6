#include "mail/dsn.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr WallTime arrival{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 12h};
constexpr std::string_view original = "From: ann@a.example\r\nSubject: hello\r\n\r\nthe body\r\n";

DsnFacts failed() {
    DsnFacts facts{.action = DsnAction::Failed,
                   .host = "mx.example",
                   .sender = Mailbox::parse("ann@a.example").value(),
                   .envid = {},
                   .arrived = arrival,
                   .now = arrival + 5min,
                   .unique = "123.abc",
                   .boundary = "B0123",
                   .ret = Ret::Unset,
                   .smtputf8 = false,
                   .recipients = {},
                   .content = original,
                   .content_is_whole = true};
    facts.recipients.push_back({.address = "bob@b.example",
                                .original = {},
                                .host = "mx.b.example",
                                .reply = Reply(550, Status{5, 1, 1}, "who is that?"),
                                .last_attempt = arrival + 4min,
                                .will_retry_until = {}});
    return facts;
}

// Every octet that could mislead a reader of the notification: lines end with CRLF and are of bounded length.
void expect_sound_lines(std::string_view text) {
    EXPECT_TRUE(text.ends_with("\r\n"));
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        ASSERT_NE(end, std::string_view::npos);
        EXPECT_LE(end, 998U);
        EXPECT_FALSE(has_control(text.substr(0, end)) && !text.substr(0, end).contains('\t'))
            << text.substr(0, end);
        text.remove_prefix(end + 2);
    }
}

TEST(Dsn, tells_of_a_failure) {
    const auto dsn = make_dsn(failed());
    EXPECT_EQ(dsn.message,
              "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n"
              "To: <ann@a.example>\r\n"
              "Subject: Your message could not be delivered\r\n"
              "Date: Tue, 24 Nov 2026 12:05:00 +0000\r\n"
              "Message-ID: <123.abc@mx.example>\r\n"
              "Auto-Submitted: auto-replied\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: multipart/report; report-type=delivery-status;\r\n"
              "\tboundary=\"B0123\"\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "--B0123\r\n"
              "Content-Type: text/plain; charset=us-ascii\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "This is the mail server mx.example.\r\n"
              "\r\n"
              "Your message could not be delivered to the addresses below. It will not be\r\n"
              "tried again: if it still matters, please send it again once the cause is\r\n"
              "gone, or reach them in another way.\r\n"
              "\r\n"
              "<bob@b.example>\r\n"
              "    There is no such mailbox there. Please check the address for typing\r\n"
              "    mistakes.\r\n"
              "    The server mx.b.example said: 550 5.1.1 who is that?\r\n"
              "\r\n"
              "Your message reached this server on Tue, 24 Nov 2026 12:00:00 +0000.\r\n"
              "What follows is for mail programs, and your message or its beginning.\r\n"
              "\r\n"
              "--B0123\r\n"
              "Content-Type: message/delivery-status\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "Reporting-MTA: dns; mx.example\r\n"
              "Arrival-Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
              "\r\n"
              "Final-Recipient: rfc822;bob@b.example\r\n"
              "Action: failed\r\n"
              "Status: 5.1.1\r\n"
              "Remote-MTA: dns; mx.b.example\r\n"
              "Diagnostic-Code: smtp; 550 5.1.1 who is that?\r\n"
              "Last-Attempt-Date: Tue, 24 Nov 2026 12:04:00 +0000\r\n"
              "\r\n"
              "--B0123\r\n"
              "Content-Type: message/rfc822\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "From: ann@a.example\r\n"
              "Subject: hello\r\n"
              "\r\n"
              "the body\r\n"
              "\r\n"
              "--B0123--\r\n");
    EXPECT_EQ(dsn.body, Body::SevenBit);
    EXPECT_FALSE(dsn.smtputf8);
}

TEST(Dsn, returns_the_header_only_where_that_was_asked_for_or_more_is_not_there) {
    auto facts = failed();
    facts.ret = Ret::Headers;
    const auto by_wish = make_dsn(facts).message;
    EXPECT_TRUE(by_wish.contains(
        "text/rfc822-headers\r\nContent-Transfer-Encoding: 7bit\r\n\r\nFrom: ann@a.example\r\nSubject: "
        "hello\r\n\r\n--B0123--"));
    facts = failed();
    facts.content_is_whole = false;
    facts.content = original.substr(0, 30);
    const auto cut = make_dsn(facts).message;
    EXPECT_TRUE(cut.contains("text/rfc822-headers"));
    EXPECT_TRUE(cut.ends_with("From: ann@a.example\r\n\r\n--B0123--\r\n"));
    facts.content = "no header at all";
    EXPECT_FALSE(make_dsn(facts).message.contains("rfc822-headers"));
}

TEST(Dsn, tells_of_a_delay_and_until_when_it_is_tried) {
    auto facts = failed();
    facts.action = DsnAction::Delayed;
    facts.envid = "QQ 314";
    facts.recipients[0].reply.reset();
    facts.recipients[0].host.clear();
    facts.recipients[0].original = "rfc822;Bob@b.example";
    facts.recipients[0].will_retry_until = arrival + 24h * 5;
    const auto text = make_dsn(facts).message;
    EXPECT_TRUE(text.contains("Subject: Your message is delayed, but still being tried\r\n"));
    EXPECT_TRUE(text.contains("do anything: it is still"));
    EXPECT_TRUE(text.contains("Original-Envelope-Id: QQ 314\r\nReporting-MTA"));
    EXPECT_TRUE(
        text.contains("Original-Recipient: rfc822;Bob@b.example\r\nFinal-Recipient: rfc822;bob@b.example\r\n"
                      "Action: delayed\r\nStatus: 4.0.0\r\nLast-Attempt-Date: "));
    EXPECT_TRUE(text.contains("Will-Retry-Until: Sun, 29 Nov 2026 12:00:00 +0000\r\n"));
    EXPECT_TRUE(text.contains("text/rfc822-headers"));  // RFC 3461 §4.3: RET is of failures
    EXPECT_FALSE(text.contains("Remote-MTA"));
    EXPECT_FALSE(text.contains("the body"));
}

TEST(Dsn, gives_an_expired_message_the_status_of_its_last_failure) {
    auto facts = failed();
    facts.recipients[0].reply = Reply(451, {"try later"});
    EXPECT_TRUE(make_dsn(facts).message.contains("Action: failed\r\nStatus: 4.4.7\r\n"));
    facts.recipients[0].reply = Reply(550, {"no"});
    EXPECT_TRUE(make_dsn(facts).message.contains("Status: 5.0.0\r\n"));
}

// RFC 3464 §2.3.4: class 5 is of what has failed.
TEST(Dsn, tells_of_a_delay_with_a_status_of_class_4_whatever_the_host_said) {
    auto facts = failed();
    facts.action = DsnAction::Delayed;
    facts.recipients[0].reply = Reply(552, Status{5, 2, 2}, "Quota exceeded");
    const auto text = make_dsn(facts).message;
    EXPECT_TRUE(text.contains("Action: delayed\r\nStatus: 4.2.2\r\n"));
    EXPECT_TRUE(text.contains("Diagnostic-Code: smtp; 552 5.2.2 Quota exceeded\r\n"));
    facts.recipients[0].reply = Reply(550, {"no"});
    EXPECT_TRUE(make_dsn(facts).message.contains("Status: 4.0.0\r\n"));
}

TEST(Dsn, uses_the_global_types_where_an_address_needs_them) {
    auto facts = failed();
    facts.sender = Mailbox::parse("jürgen@a.example").value();
    facts.recipients[0].address = "bób@b.example";
    facts.recipients[0].original = "utf-8;bób@b.example";
    const auto dsn = make_dsn(facts);
    EXPECT_TRUE(dsn.smtputf8);
    EXPECT_EQ(dsn.body, Body::EightBitMime);
    EXPECT_TRUE(dsn.message.contains("To: <jürgen@a.example>\r\n"));
    EXPECT_TRUE(dsn.message.contains(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"));
    EXPECT_TRUE(dsn.message.contains(
        "Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n"));
    EXPECT_TRUE(dsn.message.contains(
        "Original-Recipient: utf-8;bób@b.example\r\nFinal-Recipient: utf-8;bób@b.example\r\n"));
    EXPECT_TRUE(dsn.message.contains("Content-Type: message/global\r\n"));
    facts.sender = Mailbox::parse("ann@a.example").value();
    EXPECT_FALSE(make_dsn(facts).smtputf8);
}

TEST(Dsn, says_when_it_returns_8_bit_content) {
    auto facts = failed();
    facts.content = "From: ann@a.example\r\n\r\nh\xe9llo";
    const auto dsn = make_dsn(facts);
    EXPECT_EQ(dsn.body, Body::EightBitMime);
    EXPECT_FALSE(dsn.smtputf8);
    EXPECT_TRUE(dsn.message.contains("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n"));
    EXPECT_TRUE(
        dsn.message.contains("Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: 7bit\r\n"));
    EXPECT_TRUE(dsn.message.ends_with("h\xe9llo\r\n\r\n--B0123--\r\n"));
}

TEST(Dsn, is_not_led_astray_by_what_a_peer_said) {
    auto facts = failed();
    facts.recipients[0].reply = Reply(550, {"ok\r\n--B0123--\r\nEvil: field", "\r\n\r\nAction: delivered",
                                            std::string(5000, 'x'), "h\xc3\xa9llo"});
    const auto text = make_dsn(facts).message;
    expect_sound_lines(text);
    EXPECT_FALSE(text.contains("\r\nEvil"));
    EXPECT_FALSE(text.contains("\nAction: delivered"));
    EXPECT_LT(text.size(), 5000U);
    EXPECT_TRUE(is_ascii(text));
}

TEST(PlainWords, say_something_for_every_status) {
    EXPECT_TRUE(plain_words(Reply(552, Status{5, 2, 2}, "x")).contains("full"));
    EXPECT_TRUE(plain_words(Reply(550, Status{5, 7, 26}, "x")).contains("rules"));
    EXPECT_FALSE(plain_words(Reply(550, Status{5, 999, 999}, "x")).empty());
    EXPECT_FALSE(plain_words(Reply(550, {"x"})).empty());
    EXPECT_FALSE(plain_words(std::nullopt).empty());
}

}  // namespace
}  // namespace cursus
