#include "deliver/content.h"

#include <gtest/gtest.h>

#include "deliver/dsn_parameters.h"

namespace cursus {
namespace {

EightBitScan scan(std::string_view message, std::size_t piece_octets) {
    EightBitScan scan;
    for (std::size_t i = 0; i < message.size(); i += piece_octets) scan.add(message.substr(i, piece_octets));
    return scan;
}

TEST(EightBitScan, tells_header_and_body_apart_however_the_pieces_are_cut) {
    for (std::size_t octets = 1; octets < 12; ++octets) {
        EXPECT_FALSE(scan("A: b\r\n\r\nplain\r\n", octets).in_header());
        EXPECT_FALSE(scan("A: b\r\n\r\nplain\r\n", octets).in_body());
        EXPECT_TRUE(scan("A: \xC3\xA4\r\n\r\nplain\r\n", octets).in_header());
        EXPECT_FALSE(scan("A: \xC3\xA4\r\n\r\nplain\r\n", octets).in_body());
        EXPECT_FALSE(scan("A: b\r\n\r\n\xC3\xA4\r\n", octets).in_header());
        EXPECT_TRUE(scan("A: b\r\n\r\n\xC3\xA4\r\n", octets).in_body());
    }
}

class Unmet : public testing::Test {
protected:
    std::string refusal(std::string_view message) {
        const EightBitScan scanned = scan(message, 5);
        const auto reply = unmet(envelope, peer, needs_scan(envelope, peer) ? &scanned : nullptr);
        return reply ? std::to_string(reply->code()) + " " + reply->status()->text() : "";
    }
    Envelope envelope;
    Extensions peer;
};

TEST_F(Unmet, a_message_above_the_peers_limit_is_refused_and_no_limit_is_none) {
    envelope.size = 1000;
    EXPECT_EQ(refusal(""), "");
    peer.size = 0;
    EXPECT_EQ(refusal(""), "");
    peer.size = 1000;
    EXPECT_EQ(refusal(""), "");
    peer.size = 999;
    EXPECT_EQ(refusal(""), "552 5.3.4");
}

TEST_F(Unmet, only_content_that_is_8_bit_needs_8bitmime) {
    envelope.body = Body::EightBitMime;
    EXPECT_EQ(refusal("A: b\r\n\r\nplain\r\n"), "");
    EXPECT_EQ(refusal("A: b\r\n\r\n\xC3\xA4\r\n"), "554 5.6.3");
    peer.eight_bit_mime = true;
    EXPECT_EQ(refusal("A: b\r\n\r\n\xC3\xA4\r\n"), "");
}

TEST_F(Unmet, an_internationalised_header_or_sender_needs_smtputf8) {
    envelope.smtputf8 = true;
    peer.eight_bit_mime = true;
    EXPECT_EQ(refusal("A: b\r\n\r\nplain\r\n"), "");
    EXPECT_EQ(refusal("A: \xC3\xA4\r\n\r\nplain\r\n"), "550 5.6.7");
    envelope.sender = *Mailbox::parse("j\xC3\xBCrgen@a.example");
    EXPECT_EQ(refusal("A: b\r\n\r\nplain\r\n"), "550 5.6.7");
    peer.smtputf8 = true;
    EXPECT_EQ(refusal("A: \xC3\xA4\r\n\r\nplain\r\n"), "");
}

TEST_F(Unmet, one_recipients_address_may_need_smtputf8) {
    EXPECT_FALSE(unmet(*Mailbox::parse("ann@a.example"), peer));
    EXPECT_TRUE(unmet(*Mailbox::parse("\xC3\xA4nn@a.example"), peer));
    peer.smtputf8 = true;
    EXPECT_FALSE(unmet(*Mailbox::parse("\xC3\xA4nn@a.example"), peer));
}

TEST(DsnParameters, are_passed_on_as_they_were_given) {
    Envelope envelope;
    EXPECT_TRUE(dsn_mail_parameters(envelope).empty());
    envelope.ret = Ret::Headers;
    envelope.envid = "QQ+1";
    EXPECT_EQ(dsn_mail_parameters(envelope), (std::vector<std::string>{"RET=HDRS", "ENVID=QQ+2B1"}));
    DueRecipient recipient{{}, *Mailbox::parse("a@b.example"), {}, {}, 0};
    EXPECT_TRUE(dsn_recipient_parameters(recipient, false).empty());
    recipient.notify = {.is_set = true, .success = true, .delay = true};
    recipient.original = "rfc822;a+b@c.example";
    EXPECT_EQ(dsn_recipient_parameters(recipient, false),
              (std::vector<std::string>{"NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;a+2Bb@c.example"}));
    recipient.notify = {.is_set = true};
    EXPECT_EQ(dsn_recipient_parameters(recipient, false).front(), "NOTIFY=NEVER");
}

}  // namespace
}  // namespace cursus
