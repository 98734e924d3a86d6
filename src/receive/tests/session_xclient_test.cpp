// XCLIENT, and client certificates that are required.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/session_rules.h"
#include "receive/tests/session_world.h"

namespace cursus {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class XclientSession : public testing::Test {
protected:
    XclientSession() {
        world.client = "192.0.2.9";
        world.listener.xclient = {IpNetwork::parse("192.0.2.0/24").value()};
        world.settings.relay.hosts = {IpNetwork::parse("192.0.2.0/24").value(),
                                      IpNetwork::parse("10.0.0.0/8").value()};
    }
    std::string say(const std::vector<std::string>& lines) {
        std::vector<ClientStep> steps;
        for (const auto& line : lines) steps.push_back({ClientAct::Sends, line + "\r\n", {}});
        world.run(std::move(steps));
        return world.written;
    }
    SessionWorld world;
};

const std::string elsewhere = "RCPT TO:<anybody@elsewhere.example>";

TEST_F(XclientSession, offers_it_to_whom_it_is_meant_for) {
    EXPECT_THAT(say({"EHLO x", "QUIT"}),
                HasSubstr("250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\r\n"));
    world.client = "198.51.100.7";
    world.written.clear();
    EXPECT_THAT(say({"EHLO x", "QUIT"}), Not(HasSubstr("XCLIENT")));
}

TEST_F(XclientSession, takes_away_the_rights_of_the_host_that_speaks) {
    EXPECT_THAT(say({"EHLO x", "MAIL FROM:<a@b.example>", elsewhere, "QUIT"}), HasSubstr("250 2.1.5"));
    for (const std::string statement : {"ADDR=198.51.100.7", "ADDR=[UNAVAILABLE]", "NAME=client.example"}) {
        world.written.clear();
        const auto replies =
            say({"EHLO x", "XCLIENT " + statement, "EHLO y", "MAIL FROM:<a@b.example>", elsewhere, "QUIT"});
        EXPECT_THAT(replies, HasSubstr("550 5.7.1")) << statement;
        EXPECT_THAT(replies, Not(HasSubstr("250 2.1.5"))) << statement;
    }
}

TEST_F(XclientSession, gives_the_rights_of_the_client_that_is_spoken_for) {
    world.settings.relay.hosts = {IpNetwork::parse("10.0.0.0/8").value()};
    EXPECT_THAT(
        say({"EHLO x", "XCLIENT ADDR=10.1.2.3", "EHLO y", "MAIL FROM:<a@b.example>", elsewhere, "QUIT"}),
        HasSubstr("250 2.1.5"));
}

TEST_F(XclientSession, starts_over) {
    const auto replies = say({"EHLO x", "XCLIENT ADDR=198.51.100.7", "MAIL FROM:<a@b.example>", "QUIT"});
    EXPECT_THAT(replies, HasSubstr("220 relay.ancient-rome.net ESMTP Cursus\r\n503 5.5.1"));
}

TEST_F(XclientSession, takes_a_greeting_that_was_said_elsewhere) {
    say({"XCLIENT ADDR=198.51.100.7 NAME=client.example HELO=helo.example PROTO=SMTP",
         "MAIL FROM:<a@b.example>", "RCPT TO:<c@ancient-rome.net>", "DATA", "Subject: x\r\n\r\ntext\r\n.",
         "QUIT"});
    ASSERT_EQ(world.queue.kept.size(), 1U);
    const auto& [id, envelope, recipients, text] = world.queue.kept.front();
    EXPECT_EQ(envelope.protocol, Protocol::Smtp);
    EXPECT_EQ(envelope.client.endpoint->address.text(), "198.51.100.7");
    EXPECT_EQ(envelope.client.reverse_name, "client.example");
    EXPECT_THAT(text, HasSubstr("from helo.example (client.example [198.51.100.7])"));
    EXPECT_THAT(text, Not(HasSubstr("192.0.2.9")));
}

TEST_F(XclientSession, who_talks_on_before_the_second_greeting_is_refused) {
    world.settings.rules = parsed_rules(rule("connect", "tls = false", "do = \"delay\"\ndelay = \"5s\""));
    world.run(std::vector<ClientStep>{
        {ClientAct::IsSilent, {}, {}},
        {ClientAct::Sends, "XCLIENT ADDR=198.51.100.9\r\nEHLO client.example\r\nQUIT\r\n", {}}});
    EXPECT_THAT(world.written, AllOf(HasSubstr("220 "), HasSubstr("\r\n554 5.5.0 ")));
    EXPECT_EQ(world.events.of<ConnectionRefused>().size(), 1U);
}

TEST_F(XclientSession, tells_of_a_greeting_said_elsewhere_that_is_refused) {
    world.settings.rules = parsed_rules(rule("helo", "helo = \"bad.example\"", "do = \"reject\""));
    say({"XCLIENT ADDR=198.51.100.9 HELO=bad.example", "MAIL FROM:<ann@a.example>", "QUIT"});
    EXPECT_THAT(world.written, HasSubstr("503 "));
    const auto refused = world.events.of<CommandRefused>();
    ASSERT_FALSE(refused.empty());
    EXPECT_EQ(refused.front().command, "XCLIENT HELO=bad.example");
    EXPECT_EQ(refused.front().reply.code(), 550);
}

TEST_F(XclientSession, tells_who_spoke_for_whom) {
    say({"XCLIENT ADDR=198.51.100.7 PORT=99 LOGIN=julius NAME=client.example", "QUIT"});
    const auto restated = world.events.of<ClientRestated>();
    ASSERT_EQ(restated.size(), 1U);
    EXPECT_EQ(restated[0].client.text(), "198.51.100.7:99");
    EXPECT_EQ(restated[0].by.address.text(), "192.0.2.9");
    EXPECT_EQ(restated[0].name, "client.example");
    const auto logins = world.events.of<Authenticated>();
    ASSERT_EQ(logins.size(), 1U);
    EXPECT_EQ(logins[0].account, "julius");
}

TEST_F(XclientSession, knows_an_account_that_logged_in_elsewhere_by_one_name) {
    say({"XCLIENT ADDR=198.51.100.7 LOGIN=Julius@Ancient-Rome.NET", "QUIT"});
    EXPECT_EQ(world.events.of<Authenticated>().at(0).account, "Julius@ancient-rome.net");
}

TEST_F(XclientSession, lets_a_client_send_anywhere_that_has_logged_in_elsewhere_until_it_starts_over) {
    world.settings.relay.hosts.clear();
    EXPECT_THAT(say({"XCLIENT ADDR=198.51.100.7 LOGIN=julius", "EHLO y",
                     "MAIL FROM:<julius@ancient-rome.net>", elsewhere, "QUIT"}),
                HasSubstr("250 2.1.5"));
    world.written.clear();
    EXPECT_THAT(say({"XCLIENT ADDR=198.51.100.7 LOGIN=julius", "XCLIENT PORT=1", "EHLO y",
                     "MAIL FROM:<julius@ancient-rome.net>", elsewhere, "QUIT"}),
                HasSubstr("550 5.7.1"));
}

TEST_F(XclientSession, is_nothing_to_strangers) {
    world.client = "198.51.100.7";
    const auto replies = say({"EHLO x", "XCLIENT ADDR=192.0.2.9 LOGIN=julius", "XCLIENT nonsense",
                              "MAIL FROM:<a@b.example>", elsewhere, "QUIT"});
    EXPECT_THAT(replies, HasSubstr("500 5.5.1"));
    EXPECT_THAT(replies, Not(HasSubstr("501")));
    EXPECT_THAT(replies, HasSubstr("550 5.7.1"));
    EXPECT_TRUE(world.events.of<ClientRestated>().empty());
    EXPECT_EQ(world.events.of<CommandRefused>().size(), 2U);
}

TEST_F(XclientSession, cannot_make_a_listed_host_of_a_stranger) {
    const auto replies = say({"XCLIENT ADDR=198.51.100.7", "XCLIENT ADDR=10.1.2.3", "EHLO y",
                              "MAIL FROM:<a@b.example>", elsewhere, "QUIT"});
    EXPECT_THAT(replies, HasSubstr("250 2.1.5")) << "the host itself may go on speaking";
}

TEST_F(XclientSession, refuses_it_within_a_transaction_and_when_it_is_malformed) {
    const auto replies = say({"EHLO x", "MAIL FROM:<a@b.example>", "XCLIENT ADDR=198.51.100.7", "RSET",
                              "XCLIENT ADDR=elsewhere", "XCLIENT", "QUIT"});
    EXPECT_THAT(replies, HasSubstr("503 5.5.1"));
    EXPECT_THAT(replies, HasSubstr("501 5.5.4 Syntax: XCLIENT"));
    EXPECT_TRUE(world.events.of<ClientRestated>().empty());
}

// The client of the tests shows no certificate.
class CertificateSession : public testing::Test {
protected:
    CertificateSession() {
        world.settings.tls.client_ca = "/clients.pem";
        world.listener.client_certificates = ClientCertificates::Required;
        world.listener.tls = ListenerTls::StartTls;
    }
    SessionWorld world;
};

TEST_F(CertificateSession, ends_with_a_clear_word_where_none_is_shown) {
    world.run({{ClientAct::Sends, "EHLO x\r\nMAIL FROM:<a@b.example>\r\n", {}},
               {ClientAct::Sends, "STARTTLS\r\n", {}},
               {ClientAct::StartsTls, {}, {}},
               {ClientAct::Sends, "EHLO x\r\n", {}}});
    EXPECT_THAT(world.written, HasSubstr("530 5.7.0 Must issue a STARTTLS command first"));
    EXPECT_THAT(world.written,
                EndsWith("220 2.0.0 Ready to start TLS\r\n530 5.7.0 A client certificate is required "
                         "here, and none was shown; closing connection\r\n"));
    EXPECT_EQ(world.events.of<ConnectionRefused>().at(0).rule, "client-certificate");
}

TEST_F(CertificateSession, ends_before_the_greeting_where_tls_begins_at_once) {
    world.listener.tls = ListenerTls::Implicit;
    world.run({{ClientAct::StartsTls, {}, {}}, {ClientAct::Sends, "EHLO x\r\n", {}}});
    EXPECT_THAT(world.written, testing::StartsWith("530 5.7.0 A client certificate is required"));
}

TEST_F(CertificateSession, goes_on_without_one_where_it_is_optional) {
    world.listener.client_certificates = ClientCertificates::Optional;
    world.run({{ClientAct::Sends, "STARTTLS\r\n", {}},
               {ClientAct::StartsTls, {}, {}},
               {ClientAct::Sends, "EHLO x\r\nMAIL FROM:<a@b.example>\r\n" + elsewhere + "\r\nQUIT\r\n", {}}});
    EXPECT_THAT(world.written, HasSubstr("550 5.7.1"));
    EXPECT_THAT(world.written, HasSubstr("221 2.0.0"));
}

}  // namespace
}  // namespace cursus
