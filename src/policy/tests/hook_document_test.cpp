#include "policy/hook_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using Document = nlohmann::json;

Document question_about(const Facts& facts) {
    return Document::parse(hook_question(facts));
}

TEST(HookQuestion, says_all_that_is_known) {
    Facts facts;
    facts.stage = AskedAt::Rcpt;
    facts.session = "0abc";
    facts.transaction = 2;
    facts.host = "mx.b.example";
    facts.service = "mx";
    facts.client = *Endpoint::parse("[2001:db8::7]:4711");
    facts.server = *Endpoint::parse("192.0.2.25:25");
    facts.client_name = "client.example";
    facts.reverse_name = "client.example";
    facts.helo = "client";
    facts.tls_protocol = "TLSv1.3";
    facts.tls_cipher = "TLS_AES_256_GCM_SHA384";
    facts.tls_bits = 256;
    facts.certificate_fingerprint = "c29df4";
    facts.account = "ann";
    facts.mechanism = "PLAIN";
    facts.sender = "ann@a.example";
    facts.recipient = "bob@b.example";
    facts.recipients = {"carl@b.example"};
    facts.size = 1234;
    EXPECT_EQ(question_about(facts), Document::parse(R"({
        "version": 1, "stage": "rcpt", "session": "0abc", "transaction": 2, "message": null,
        "service": "mx", "protocol": "ESMTP",
        "server": {"name": "mx.b.example", "address": "192.0.2.25", "port": 25},
        "client": {"address": "2001:db8::7", "port": 4711, "name": "client.example", "reverse_name": "client.example"},
        "helo": "client",
        "tls": {"protocol": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "bits": 256,
                "client_subject": null, "client_issuer": null, "client_fingerprint": "c29df4"},
        "account": "ann", "mechanism": "PLAIN",
        "sender": "ann@a.example", "recipient": "bob@b.example", "recipients": ["carl@b.example"], "size": 1234})"));
}

TEST(HookQuestion, says_null_of_what_is_not_known) {
    const Document question = question_about(Facts());
    for (const char* name : {"message", "helo", "tls", "account", "mechanism", "sender", "recipient"})
        EXPECT_TRUE(question.at(name).is_null()) << name;
    for (const char* name : {"address", "name", "reverse_name"})
        EXPECT_TRUE(question["client"].at(name).is_null());
    EXPECT_EQ(question["recipients"], Document::array());
    EXPECT_FALSE(question.contains("headers"));
}

TEST(HookQuestion, tells_the_null_sender_from_none) {
    Facts facts;
    facts.sender = "";
    EXPECT_EQ(question_about(facts)["sender"], "");
}

TEST(HookQuestion, shows_the_header_of_a_message) {
    Facts facts;
    facts.stage = AskedAt::EndOfMessage;
    facts.header = "From: ann@a.example\r\nSubject: one\r\n two\r\nno field\r\nfrom: again\r\n\r\n";
    const Document question = question_about(facts);
    EXPECT_EQ(question["headers"], Document::parse(R"([{"name": "From", "value": "ann@a.example"},
        {"name": "Subject", "value": "one\r\n two"}, {"name": "from", "value": "again"}])"));
    EXPECT_EQ(question["headers_cut"], false);
}

TEST(HookQuestion, is_bounded) {
    Facts facts;
    facts.stage = AskedAt::EndOfMessage;
    for (int i = 0; i < 100'000; ++i) facts.header += "X: y\r\n";
    const std::string text = hook_question(facts);
    EXPECT_LE(text.size(), 10 * hook_header_octets_max);
    EXPECT_EQ(Document::parse(text)["headers_cut"], true);
    facts.header = "X: " + std::string(1 << 20, 'y') + "\r\n";
    EXPECT_EQ(question_about(facts)["headers"].size(), 0U);
}

// Attack A3, and octets that no JSON may hold.
TEST(HookQuestion, is_one_document_whatever_stands_in_it) {
    Facts facts;
    facts.helo = "\",\"action\":\"accept";
    facts.reverse_name = std::string("a\0\n\xff\xfe", 5);
    facts.stage = AskedAt::EndOfMessage;
    facts.header = "Subject: \xe4\xf6\"\\\r\n\r\n";
    const std::string text = hook_question(facts);
    EXPECT_FALSE(has_control(text));
    const Document question = Document::parse(text);
    EXPECT_EQ(question["helo"], facts.helo);
    EXPECT_FALSE(question.contains("action"));
    EXPECT_EQ(question["client"]["reverse_name"], std::string("a\0\n\xef\xbf\xbd\xef\xbf\xbd", 9));
}

Advice advice_of_hook(std::string_view answer) {
    auto advice = parse_hook_answer(answer);
    EXPECT_TRUE(advice) << answer << ": " << advice.error();
    return advice ? *std::move(advice) : Advice();
}

template <class Decision>
std::string reply_of_hook(std::string_view answer) {
    const Advice advice = advice_of_hook(answer);
    const auto* decision = std::get_if<Decision>(&advice.decision);
    return decision == nullptr ? "another decision" : decision->reply.one_line();
}

TEST(HookAnswer, decides) {
    EXPECT_EQ(advice_of_hook(R"({"action":"none"})"), Advice());
    EXPECT_EQ(advice_of_hook(R"({"action":"accept"})"), (Advice{.decision = Advice::Accept{}}));
    EXPECT_EQ(advice_of_hook(R"({"action":"discard"})"), (Advice{.decision = Advice::Discard{}}));
    EXPECT_EQ(advice_of_hook(R"({"action":"hold","text":"odd"})"),
              (Advice{.decision = Advice::Hold{}, .notes = {"odd"}}));
    EXPECT_EQ(reply_of_hook<Advice::Reject>(R"({"action":"reject"})"),
              "550 5.7.1 Refused by a policy of this site");
    EXPECT_EQ(
        reply_of_hook<Advice::Reject>(R"({"action":"reject","code":554,"status":"5.7.26","text":"No"})"),
        "554 5.7.26 No");
    EXPECT_EQ(reply_of_hook<Advice::Defer>(R"({"action":"defer","code":421,"text":"Later"})"),
              "421 4.7.1 Later");
    EXPECT_EQ(reply_of_hook<Advice::Defer>(R"({"action":"defer","status":"4.2.0"})"),
              "450 4.2.0 Not now, by a policy of this site; try again later");
}

TEST(HookAnswer, wishes) {
    const Advice advice = advice_of_hook(R"({"action": "none", "code": null, "text": "seen",
        "headers": [{"name": "X-A", "value": "b"}, {"name": "X-C", "value": ""}],
        "add_recipients": ["archive@a.example"], "redirect": "else@a.example", "tags": ["bulk", "x.1-a_B"]})");
    EXPECT_EQ(advice.fields, (std::vector<AdvisedField>{{"X-A", "b"}, {"X-C", ""}}));
    EXPECT_EQ(advice.copies, std::vector<Mailbox>{*Mailbox::parse("archive@a.example")});
    EXPECT_EQ(advice.redirect, *Mailbox::parse("else@a.example"));
    EXPECT_EQ(advice.tags, (std::vector<std::string>{"bulk", "x.1-a_b"})) << "as rules name them";
    EXPECT_EQ(advice.notes, std::vector<std::string>{"seen"});
    EXPECT_EQ(advice.decision, Advice::Decision(Advice::NoOpinion{}));
}

TEST(HookAnswer, that_makes_no_sense_is_trouble) {
    for (const char* answer : {"",
                               "null",
                               "[]",
                               "\"accept\"",
                               "accept",
                               "{}",
                               R"({"action":null})",
                               R"({"action":1})",
                               R"({"action":""})",
                               R"({"action":"Accept"})",
                               R"({"action":"greylist"})",
                               R"({"action":"none"} x)",
                               R"({"action":"none")",
                               R"({"action":"none","acton":"x"})",
                               R"({"action":"none","code":250})",
                               R"({"action":"accept","status":"2.0.0"})",
                               R"({"action":"reject","code":450})",
                               R"({"action":"defer","code":550})",
                               R"({"action":"reject","code":"550"})",
                               R"({"action":"reject","code":550.5})",
                               R"({"action":"reject","code":499})",
                               R"({"action":"reject","code":560})",
                               R"({"action":"reject","code":-1})",
                               R"({"action":"reject","code":18446744073709551615})",
                               R"({"action":"reject","status":"4.7.1"})",
                               R"({"action":"reject","status":"5.7"})",
                               R"({"action":"reject","status":"5.7.1 250 ok"})",
                               R"({"action":"reject","text":1})",
                               R"({"action":"none","headers":{}})",
                               R"({"action":"none","headers":["X: y"]})",
                               R"({"action":"none","headers":[{"name":"X"}]})",
                               R"({"action":"none","headers":[{"name":"X","value":1}]})",
                               R"({"action":"none","headers":[{"name":"X","value":"y","index":1}]})",
                               R"({"action":"none","add_recipients":"a@b.example"})",
                               R"({"action":"none","add_recipients":["nobody"]})",
                               R"({"action":"none","add_recipients":[1]})",
                               R"({"action":"none","redirect":""})",
                               R"({"action":"none","tags":["a b"]})",
                               R"({"action":"none","tags":[""]})",
                               R"({"action":"none","tags":[1]})"})
        EXPECT_FALSE(parse_hook_answer(answer)) << answer;
    EXPECT_THAT(parse_hook_answer(R"({"action":"x\u001b[2J"})").error(), HasSubstr("\\x1b[2J"));
    EXPECT_THAT(parse_hook_answer(R"({"action":"none","acton":1})").error(), HasSubstr("acton"));
}

// Attack E1.
TEST(HookAnswer, brings_no_line_of_its_own) {
    for (const char* answer : {R"({"action":"none","headers":[{"name":"X","value":"y\r\nBcc: z"}]})",
                               R"({"action":"none","headers":[{"name":"X","value":"y\nz"}]})",
                               R"({"action":"none","headers":[{"name":"X\r\nBcc","value":"z"}]})",
                               R"({"action":"none","headers":[{"name":"","value":"z"}]})",
                               R"({"action":"none","headers":[{"name":"X","value":"\u0000"}]})",
                               R"({"action":"none","headers":[{"name":"X","value":"\u00e4"}]})",
                               R"({"action":"none","add_recipients":["a@b.example\r\nX: y"]})"})
        EXPECT_FALSE(parse_hook_answer(answer)) << answer;
    EXPECT_EQ(reply_of_hook<Advice::Reject>(R"({"action":"reject","text":"a\r\n250 b\u0000\u00e9"})"),
              "550 5.7.1 a??250 b???");
}

TEST(HookAnswer, is_bounded) {
    const auto with_tags = [](std::size_t count) {
        Document answer = {{"action", "none"}, {"tags", Document::array()}};
        for (std::size_t i = 0; i < count; ++i) answer["tags"].push_back("t");
        return answer.dump();
    };
    EXPECT_TRUE(parse_hook_answer(with_tags(hook_list_max)));
    EXPECT_FALSE(parse_hook_answer(with_tags(hook_list_max + 1)));
    EXPECT_TRUE(
        parse_hook_answer(R"({"action":"none","tags":[")" + std::string(hook_tag_octets_max, 't') + "\"]}"));
    EXPECT_FALSE(parse_hook_answer(R"({"action":"none","tags":[")" +
                                   std::string(hook_tag_octets_max + 1, 't') + "\"]}"));
    EXPECT_FALSE(parse_hook_answer(R"({"action":"none","tags":)" + std::string(10'000, '[')));
    const std::string answer = R"({"action":"none"})";
    EXPECT_TRUE(parse_hook_answer(answer + std::string(hook_answer_octets_max - answer.size(), ' ')));
    EXPECT_FALSE(parse_hook_answer(answer + std::string(hook_answer_octets_max, ' ')));
}

}  // namespace
}  // namespace cursus
