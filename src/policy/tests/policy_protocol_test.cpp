#include "policy/policy_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Facts some_facts() {
    Facts facts;
    facts.stage = AskedAt::Rcpt;
    facts.session = "0abc";
    facts.transaction = 2;
    facts.service = "mx";
    facts.client = *Endpoint::parse("192.0.2.7:4711");
    facts.server = *Endpoint::parse("[2001:db8::25]:25");
    facts.helo = "client.example";
    facts.sender = "ann@a.example";
    facts.recipient = "bob@b.example";
    facts.size = 1234;
    return facts;
}

TEST(PolicyQuestion, says_what_postfix_says) {
    Facts facts = some_facts();
    facts.client_name = facts.reverse_name = "client.example";
    facts.tls_protocol = "TLSv1.3";
    facts.tls_cipher = "TLS_AES_256_GCM_SHA384";
    facts.tls_bits = 256;
    facts.certificate_subject = "The client";
    facts.certificate_fingerprint = "c29df4";
    facts.mechanism = "PLAIN";
    facts.account = "ann";
    EXPECT_EQ(
        policy_question(facts),
        "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\ninstance=0abc.2\n"
        "helo_name=client.example\nqueue_id=\nsender=ann@a.example\nrecipient=bob@b.example\n"
        "recipient_count=0\nsize=1234\nclient_name=client.example\nreverse_client_name=client.example\n"
        "client_address=192.0.2.7\nclient_port=4711\nserver_address=2001:db8::25\n"
        "server_port=25\nsasl_method=PLAIN\nsasl_username=ann\nsasl_sender=\nccert_subject=The+20client\n"
        "ccert_issuer=\nccert_fingerprint=C2:9D:F4\nccert_pubkey_fingerprint=\n"
        "encryption_protocol=TLSv1.3\nencryption_cipher=TLS_AES_256_GCM_SHA384\nencryption_keysize=256\n"
        "etrn_domain=\nstress=\npolicy_context=mx\n\n");
}

TEST(PolicyQuestion, names_each_stage) {
    const std::vector<std::pair<AskedAt, std::string>> states = {{AskedAt::Connect, "CONNECT"},
                                                                 {AskedAt::Helo, "EHLO"},
                                                                 {AskedAt::Mail, "MAIL"},
                                                                 {AskedAt::Rcpt, "RCPT"},
                                                                 {AskedAt::EndOfMessage, "END-OF-MESSAGE"}};
    Facts facts = some_facts();
    for (const auto& [stage, name] : states) {
        facts.stage = stage;
        EXPECT_THAT(policy_question(facts), HasSubstr("\nprotocol_state=" + name + "\n"));
    }
    facts.stage = AskedAt::Helo;
    facts.protocol = Protocol::Smtp;
    EXPECT_THAT(policy_question(facts), HasSubstr("\nprotocol_state=HELO\nprotocol_name=SMTP\n"));
}

TEST(PolicyQuestion, counts_recipients_only_behind_them_and_names_the_only_one) {
    Facts facts = some_facts();
    facts.recipients = {"bob@b.example"};
    EXPECT_THAT(policy_question(facts), HasSubstr("\nrecipient_count=0\n"));
    facts.stage = AskedAt::EndOfMessage;
    facts.recipient = "";
    EXPECT_THAT(policy_question(facts), HasSubstr("\nrecipient=bob@b.example\nrecipient_count=1\n"));
    facts.recipients.push_back("carl@b.example");
    EXPECT_THAT(policy_question(facts), HasSubstr("\nrecipient=\nrecipient_count=2\n"));
}

TEST(PolicyQuestion, calls_names_unknown_and_leaves_addresses_out) {
    const std::string question = policy_question(Facts());
    EXPECT_THAT(question, Not(HasSubstr("_address=")));
    EXPECT_THAT(question, Not(HasSubstr("_port=")));
    for (const char* line :
         {"client_name=unknown", "reverse_client_name=unknown", "sender=", "encryption_keysize=0"})
        EXPECT_THAT(question, HasSubstr("\n" + std::string(line) + "\n"));
}

TEST(PolicyQuestion, has_one_instance_for_all_recipients_of_a_message) {
    Facts facts = some_facts();
    const std::string instance = policy_instance(facts);
    facts.recipient = "carl@b.example";
    EXPECT_EQ(policy_instance(facts), instance);
    facts.transaction = 3;
    EXPECT_NE(policy_instance(facts), instance);
    facts.transaction = 2;
    facts.session = "0abd";
    EXPECT_NE(policy_instance(facts), instance);
}

// Attack A3: what a client says, or the DNS of its network, never brings a line of its own.
TEST(PolicyQuestion, has_as_many_lines_whatever_stands_in_it) {
    const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
    constexpr std::string_view octets("x\n\nrequest=junk\naction=OK\r\0\x7f=", 29);
    const std::string evil(octets);
    Facts facts = some_facts();
    for (std::string* field :
         {&facts.session, &facts.message, &facts.service, &facts.client_name, &facts.reverse_name,
          &facts.helo, &facts.tls_protocol, &facts.tls_cipher, &facts.certificate_subject,
          &facts.certificate_issuer, &facts.certificate_fingerprint, &facts.public_key_fingerprint,
          &facts.mechanism, &facts.account, &facts.recipient})
        *field = evil;
    facts.sender = evil;
    const std::string question = policy_question(facts);
    EXPECT_EQ(lines(question), lines(policy_question(some_facts())));
    EXPECT_EQ(question.find("\n\n"), question.size() - 2);
    EXPECT_EQ(question.find('\0'), std::string::npos);
    EXPECT_EQ(question.find('\r'), std::string::npos);
    EXPECT_THAT(question, HasSubstr("\nhelo_name=x??request=junk?action=OK??"
                                    "?=\n"));
}

TEST(PolicyQuestion, is_bounded) {
    Facts facts = some_facts();
    facts.reverse_name = std::string(100'000, 'x');
    EXPECT_THAT(policy_question(facts),
                HasSubstr("\nreverse_client_name=" + std::string(policy_value_octets_max, 'x') + "\n"));
}

// The action, or what is wrong; "..." where more must come.
std::string read_answer(std::string_view answer, std::size_t piece) {
    PolicyAnswerReader reader;
    while (!answer.empty() && !reader.is_whole()) {
        const auto taken = reader.take(answer.substr(0, piece));
        if (!taken) return "wrong";
        answer.remove_prefix(std::min(piece, answer.size()));
    }
    return reader.is_whole() ? std::string(reader.action()) : "...";
}

TEST(PolicyAnswer, is_read_in_whatever_pieces_it_comes) {
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) {
        EXPECT_EQ(read_answer("action=DUNNO\n\n", piece), "DUNNO") << piece;
        EXPECT_EQ(read_answer("action=\n\n", piece), "") << piece;
        EXPECT_EQ(read_answer("action=REJECT\tno = never\n\n", piece), "REJECT\tno = never") << piece;
        for (const char* beginning : {"", "a", "action", "action=", "action=DUNNO", "action=DUNNO\n"})
            EXPECT_EQ(read_answer(beginning, piece), "...") << beginning;
        for (const char* wrong :
             {"\n\n", "\n", "x", "actino=DUNNO\n\n", "action\n\n", "act\n", "ACTION=DUNNO\n\n",
              "action=DUNNO\r\n\r\n", "action=DUNNO\nx", "action=DUNNO\naction=OK\n\n",
              "reason=x\naction=DUNNO\n\n", " action=DUNNO\n\n", "action=DUN\x01NO\n\n",
              "HTTP/1.1 400 Bad Request\r\n", "220 mx.example ESMTP\r\n"})
            EXPECT_EQ(read_answer(wrong, piece), "wrong") << wrong << piece;
        EXPECT_EQ(read_answer(std::string_view("action=DU\0NO\n\n", 14), piece), "wrong");
    }
}

TEST(PolicyAnswer, ends_within_bounds) {
    const std::string longest = "action=" + std::string(policy_answer_octets_max - 9, 'x');
    for (const std::size_t piece : {1U, 1'000U, 100'000U}) {
        EXPECT_EQ(read_answer(longest + "\n\n", piece).size(), policy_answer_octets_max - 9);
        EXPECT_EQ(read_answer(longest + "x\n\n", piece), "wrong");
        EXPECT_EQ(read_answer(std::string(1 << 20, 'x'), piece), "wrong");
    }
}

TEST(PolicyAnswer, knows_when_something_lies_behind_it) {
    PolicyAnswerReader reader;
    EXPECT_TRUE(reader.is_empty());
    ASSERT_TRUE(reader.take("action=DUNNO\n\naction=OK\n\n"));
    EXPECT_TRUE(reader.is_whole());
    EXPECT_TRUE(reader.has_more());
    EXPECT_EQ(reader.action(), "DUNNO");
    PolicyAnswerReader other;
    ASSERT_TRUE(other.take("action=DUNNO\n\n"));
    EXPECT_FALSE(other.has_more());
    EXPECT_FALSE(other.is_empty());
}

}  // namespace
}  // namespace cursus
