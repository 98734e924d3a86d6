#include "scan/rspamd_question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

ScanContext all_known() {
    ScanContext context;
    context.client.endpoint = Endpoint::parse("192.0.2.1:1025");
    context.client.helo = "c.example";
    context.client.reverse_name = "mail.c.example";
    context.client.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    context.client.authenticated = "ann";
    context.sender = Mailbox::parse("ann@c.example").value();
    context.recipients = {Mailbox::parse("bob@b.example").value(),
                          Mailbox::parse("\"a b\"@b.example").value()};
    context.queue_id = "0abc";
    context.own_name = "mx.b.example";
    return context;
}

TEST(RspamdQuestion, says_all_that_is_known) {
    EXPECT_EQ(
        rspamd_question(all_known(), 1234),
        "POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: message/rfc822\r\n"
        "Content-Length: 1234\r\nIP: 192.0.2.1\r\nHelo: c.example\r\nHostname: mail.c.example\r\nUser: "
        "ann\r\n"
        "TLS-Version: TLSv1.3\r\nTLS-Cipher: TLS_AES_256_GCM_SHA384\r\nQueue-Id: 0abc\r\n"
        "MTA-Name: mx.b.example\r\nFrom: <ann@c.example>\r\nRcpt: <bob@b.example>\r\n"
        "Rcpt: <\"a b\"@b.example>\r\n\r\n");
}

TEST(RspamdQuestion, leaves_out_what_is_not) {
    EXPECT_EQ(
        rspamd_question(ScanContext{}, 7),
        "POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: message/rfc822\r\n"
        "Content-Length: 7\r\nFrom: <>\r\n\r\n");
}

TEST(RspamdQuestion, keeps_what_a_client_says_within_its_field) {
    auto hostile = all_known();
    hostile.client.helo = "c.example\r\nIP: 127.0.0.1\r\n\r\nx";
    hostile.client.reverse_name = "a\nUser: root";
    hostile.client.authenticated = "ann\rUser: root";
    hostile.client.tls = "TLSv1.3\r\nA: b c\r\nD: e";
    hostile.queue_id = "1\r\n\r\n";
    const std::string head = rspamd_question(hostile, 1);
    EXPECT_THAT(head, HasSubstr("\r\nHelo: c.example??IP: 127.0.0.1????x\r\n"));
    EXPECT_THAT(head, HasSubstr("\r\nHostname: a?User: root\r\n"));
    EXPECT_THAT(head, HasSubstr("\r\nUser: ann?User: root\r\n"));
    EXPECT_THAT(head, EndsWith("\r\n\r\n"));
    EXPECT_EQ(head.find("\r\n\r\n"), head.size() - 4);
    std::size_t lines = 0;
    for (auto at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) ++lines;
    const std::string plain = rspamd_question(all_known(), 1);
    std::size_t expected = 0;
    for (auto at = plain.find("\r\n"); at != std::string::npos; at = plain.find("\r\n", at + 2)) ++expected;
    EXPECT_EQ(lines, expected);
}

TEST(RspamdQuestion, is_not_longer_than_rspamd_takes) {
    auto crowded = all_known();
    const std::string local(100, 'x');
    crowded.recipients.assign(5'000, Mailbox::parse(local + "@b.example").value());
    crowded.client.helo = std::string(100'000, 'y');
    const std::string head = rspamd_question(crowded, 1);
    EXPECT_LE(head.size(), rspamd_head_octets_max);
    EXPECT_GT(head.size(), rspamd_head_octets_max / 2);
    EXPECT_THAT(head, Not(HasSubstr(std::string(rspamd_field_octets_max + 1, 'y'))));
}

}  // namespace
}  // namespace cursus
