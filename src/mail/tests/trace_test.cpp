#include <gtest/gtest.h>

#include "mail/date.h"
#include "mail/header.h"
#include "mail/received.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 12h + 3min + 4s};

TEST(Date, is_in_utc) {
    EXPECT_EQ(date_text(noon), "Tue, 24 Nov 2026 12:03:04 +0000");
    EXPECT_EQ(date_text(WallTime{}), "Thu, 1 Jan 1970 00:00:00 +0000");
    EXPECT_EQ(date_text(noon + 999999us), date_text(noon));
    EXPECT_EQ(date_text(WallTime{-1us}), "Wed, 31 Dec 1969 23:59:59 +0000");
    EXPECT_EQ(date_text(WallTime{std::chrono::sys_days{std::chrono::year{2028} / 2 / 29}}),
              "Tue, 29 Feb 2028 00:00:00 +0000");
}

ClientFacts client(std::string helo) {
    ClientFacts facts;
    facts.endpoint = Endpoint::parse("192.0.2.7:12345");
    facts.helo = std::move(helo);
    return facts;
}

TEST(Received, says_who_gave_the_message_to_whom) {
    auto facts = client("client.example");
    facts.reverse_name = "host7.example";
    facts.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    const auto bob = Mailbox::parse("bob@b.example").value();
    EXPECT_EQ(received_field({.client = facts,
                              .host = "mx.example",
                              .protocol = Protocol::Esmtp,
                              .id = MessageId(32),
                              .recipient = &bob,
                              .arrived = noon}),
              "Received: from client.example (host7.example [192.0.2.7])\r\n"
              "\tby mx.example with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n"
              "\tid 0000000000010\r\n"
              "\tfor <bob@b.example>;\r\n"
              "\tTue, 24 Nov 2026 12:03:04 +0000\r\n");
}

std::string plain_received(const ClientFacts& facts, Protocol protocol = Protocol::Esmtp) {
    return received_field(
        {.client = facts, .host = "mx.example", .protocol = protocol, .id = MessageId(32), .arrived = noon});
}

TEST(Received, is_not_led_astray_by_what_a_client_calls_itself) {
    EXPECT_TRUE(plain_received(client("a;b\r\n(c) <d>\"e\\"))
                    .starts_with("Received: from a?b???c???d??e? ([192.0.2.7])\r\n"));
    EXPECT_TRUE(
        plain_received(client("[192.0.2.9]")).starts_with("Received: from [192.0.2.9] ([192.0.2.7])\r\n"));
    EXPECT_TRUE(
        plain_received(client("[IPv6:2001:db8::1]")).starts_with("Received: from [IPv6:2001:db8::1] (["));
    EXPECT_TRUE(
        plain_received(client("[192.0.2.9]) by evil")).starts_with("Received: from ?192.0.2.9???by?evil ("));
    EXPECT_TRUE(plain_received(client("")).starts_with("Received: from [192.0.2.7] ([192.0.2.7])\r\n"));
    auto facts = client("a");
    facts.tls = "x) by (\r\ny";
    EXPECT_TRUE(plain_received(facts).contains("with ESMTPS (x? by ???y)\r\n"));
}

TEST(Received, of_mail_made_here_has_no_client) {
    EXPECT_EQ(plain_received(ClientFacts{}, Protocol::Local),
              "Received: by mx.example\r\n\tid 0000000000010;\r\n\tTue, 24 Nov 2026 12:03:04 +0000\r\n");
}

TEST(Received, names_an_internationalised_recipient_only_in_an_internationalised_message) {
    const auto facts = client("a.example");
    const auto bob = Mailbox::parse("jürgen@b.example").value();
    ReceivedFacts received{.client = facts,
                           .host = "mx.example",
                           .protocol = Protocol::Esmtp,
                           .id = MessageId(32),
                           .recipient = &bob};
    EXPECT_FALSE(received_field(received).contains("for"));
    received.smtputf8 = true;
    EXPECT_TRUE(received_field(received).contains("for <jürgen@b.example>"));
}

TEST(WithWord, says_what_protected_the_session) {
    EXPECT_EQ(with_word(Protocol::Smtp, false, false, false), "SMTP");
    EXPECT_EQ(with_word(Protocol::Esmtp, false, false, false), "ESMTP");
    EXPECT_EQ(with_word(Protocol::Esmtp, false, true, false), "ESMTPS");
    EXPECT_EQ(with_word(Protocol::Esmtp, false, false, true), "ESMTPA");
    EXPECT_EQ(with_word(Protocol::Esmtp, false, true, true), "ESMTPSA");
    EXPECT_EQ(with_word(Protocol::Lmtp, false, true, false), "LMTPS");
    EXPECT_EQ(with_word(Protocol::Esmtp, true, true, true), "UTF8SMTPSA");
    EXPECT_EQ(with_word(Protocol::Lmtp, true, false, false), "UTF8LMTP");
}

TEST(ReturnPath, is_the_reverse_path) {
    EXPECT_EQ(return_path_field(NullPath{}), "Return-Path: <>\r\n");
    EXPECT_EQ(return_path_field(Mailbox::parse("\"a b\"@a.example").value()),
              "Return-Path: <\"a b\"@a.example>\r\n");
}

constexpr std::string_view message =
    "Received: from a\r\n by b\r\n"
    "received : from c\r\n"
    "From: ann@a.example\r\n"
    "Subject:  two\r\n\twords\r\n"
    "no field\r\n"
    "X-Received: x\r\n"
    "Date:\r\n"
    "\r\n"
    "From: body\r\n";

TEST(HeaderFields, come_one_after_the_other_up_to_the_empty_line) {
    HeaderFields fields(message);
    std::string seen;
    while (const auto field = fields.next())
        seen += '[' + std::string(field->name) + '|' + std::string(field->body) + ']';
    EXPECT_EQ(seen,
              "[Received|from a\r\n by b][received|from "
              "c][From|ann@a.example][Subject|two\r\n\twords][|][X-Received|x][Date|]");
    EXPECT_TRUE(fields.has_ended());
    EXPECT_EQ(fields.rest(), "From: body\r\n");
}

TEST(HeaderFields, end_where_the_text_ends) {
    HeaderFields fields("A: b\r\nC: d");
    EXPECT_EQ(fields.next()->body, "b");
    EXPECT_FALSE(fields.next());
    EXPECT_FALSE(fields.has_ended());
    EXPECT_FALSE(HeaderFields("").next());
    HeaderFields bodyless("\r\nbody");
    EXPECT_FALSE(bodyless.next());
    EXPECT_EQ(bodyless.rest(), "body");
}

TEST(HeaderFields, end_where_the_message_ends) {
    HeaderFields fields("A: b\r\nC: d\r\n e", TextEnd::IsMessageEnd);
    EXPECT_EQ(fields.next()->text, "A: b\r\n");
    EXPECT_EQ(fields.next()->body, "d\r\n e");
    EXPECT_FALSE(fields.next());
    EXPECT_EQ(fields.rest(), "");
    const std::string endless = "A: " + std::string(header_octets_max, 'x');
    EXPECT_FALSE(HeaderFields(endless, TextEnd::IsMessageEnd).next());
}

TEST(HeaderSurvey, counts_the_same_in_whatever_pieces) {
    for (std::size_t piece = 1; piece <= message.size(); ++piece) {
        HeaderSurvey survey;
        for (std::size_t at = 0; at < message.size(); at += piece) survey.feed(message.substr(at, piece));
        EXPECT_TRUE(survey.has_ended());
        EXPECT_EQ(survey.octets(), message.find("From: body"));
        EXPECT_EQ(survey.fields(), 6U);
        EXPECT_EQ(survey.malformed_lines(), 1U);
        EXPECT_EQ(survey.received(), 2U);
        EXPECT_EQ(survey.from(), 1U);
        EXPECT_EQ(survey.date(), 1U);
        EXPECT_EQ(survey.message_id(), 0U);
    }
}

TEST(HeaderSurvey, sees_a_name_behind_any_number_of_spaces) {
    HeaderSurvey survey;
    survey.feed("Received" + std::string(500, ' ') + ": a\r\nFrom \t \t : b\r\nDate" + std::string(100, ' ') +
                "x: c\r\n\r\n");
    EXPECT_EQ(survey.received(), 1U);
    EXPECT_EQ(survey.from(), 1U);
    EXPECT_EQ(survey.date(), 0U);
    EXPECT_EQ(survey.malformed_lines(), 1U);
}

TEST(HeaderSurvey, takes_no_long_name_for_a_short_one_and_ends_at_its_bound) {
    HeaderSurvey survey;
    survey.feed("From" + std::string(100, 'x') + ": a\r\nFr om: b\r\n: c\r\n");
    EXPECT_EQ(survey.from(), 0U);
    EXPECT_EQ(survey.fields(), 1U);
    EXPECT_EQ(survey.malformed_lines(), 2U);
    survey.feed("A: " + std::string(header_octets_max, 'x'));
    EXPECT_TRUE(survey.has_ended());
}

}  // namespace
}  // namespace cursus
