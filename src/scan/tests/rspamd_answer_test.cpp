#include "scan/rspamd_answer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// With these members beside action and score.
SpamVerdict rspamd_says(const std::string& members, const std::string& action = "no action") {
    const std::string json =
        "{\"action\":\"" + action + "\",\"score\":1.5" + (members.empty() ? "" : ",") + members + "}";
    auto parsed = parse_rspamd_answer(json);
    EXPECT_TRUE(parsed) << json << ": " << (parsed ? "" : parsed.error());
    return parsed.value_or(SpamVerdict{});
}
std::vector<HeaderEdit> rspamd_edits(const std::string& members) {
    return rspamd_says("\"milter\":{" + members + "}").edits;
}

TEST(RspamdAnswer, says_score_action_and_symbols) {
    const auto parsed = parse_rspamd_answer(
        R"({"is_skipped":false,"score":15.25,"required_score":15,"action":"reject","thresholds":{"reject":15.0},
            "symbols":{"GTUBE":{"name":"GTUBE","score":15.0,"options":["a"]},"DATE_IN_PAST":{"score":0.25},"ODD":{}},
            "messages":{"smtp_message":"Gtube pattern"},"urls":["a.example"],"message-id":"1@a.example"})");
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(parsed->scanner, SpamScanner::Rspamd);
    EXPECT_DOUBLE_EQ(parsed->score, 15.25);
    EXPECT_EQ(parsed->action, SpamAction::Reject);
    EXPECT_EQ(parsed->action_name, "reject");
    EXPECT_THAT(parsed->symbols, ElementsAre(SpamSymbol{"DATE_IN_PAST", 0.25}, SpamSymbol{"GTUBE", 15},
                                             SpamSymbol{"ODD", std::nullopt}));
    EXPECT_THAT(parsed->edits, IsEmpty());
    EXPECT_THAT(parsed->omissions, IsEmpty());
}

TEST(RspamdAnswer, has_each_of_its_actions) {
    const std::pair<const char*, SpamAction> all[] = {{"no action", SpamAction::None},
                                                      {"greylist", SpamAction::Greylist},
                                                      {"add header", SpamAction::AddHeader},
                                                      {"rewrite subject", SpamAction::RewriteSubject},
                                                      {"soft reject", SpamAction::SoftReject},
                                                      {"reject", SpamAction::Reject},
                                                      {"discard", SpamAction::Discard},
                                                      {"quarantine", SpamAction::Quarantine},
                                                      {"our own action", SpamAction::Other},
                                                      {"", SpamAction::Other},
                                                      {"Reject", SpamAction::Other}};
    for (const auto& [name, action] : all) {
        const auto said = rspamd_says("", name);
        EXPECT_EQ(said.action, action) << name;
        EXPECT_EQ(said.action_name, name);
    }
}

TEST(RspamdAnswer, is_none_without_an_action_and_a_score) {
    for (const std::string json :
         {"", "{", "[]", "null", "\"reject\"", "{}", R"({"action":"reject"})", R"({"score":1})",
          R"({"action":1,"score":1})", R"({"action":"reject","score":"1"})",
          R"({"action":"reject","score":null})", R"({"action":"reject","score":1e999})",
          R"({"action":"reject","score":nan})", R"({"action":"reject","score":1} x)",
          R"({"default":{"action":"reject","score":1}})"}) {
        const auto parsed = parse_rspamd_answer(json);
        ASSERT_FALSE(parsed) << json;
        EXPECT_FALSE(parsed.error().empty());
    }
    EXPECT_EQ(parse_rspamd_answer(R"({"error":"no\r\nmemory"})").error(), "it said \"no??memory\"");
}

TEST(RspamdAnswer, is_bounded) {
    const std::string deep = "{\"action\":\"reject\",\"score\":1,\"x\":" + std::string(100'000, '[');
    EXPECT_FALSE(parse_rspamd_answer(deep));
    const std::string large =
        "{\"action\":\"reject\",\"score\":1,\"x\":\"" + std::string(rspamd_answer_octets_max, 'x') + "\"}";
    EXPECT_FALSE(parse_rspamd_answer(large));
    std::string symbols;
    for (std::size_t i = 0; i < spam_symbols_max + 10; ++i) symbols += fmt::format("\"S{}\":{{}},", i);
    symbols += "\"" + std::string(spam_symbol_octets_max + 1, 'x') + "\":{},\"a b\":{},\"\":{},\"a\\nb\":{}";
    const auto crowded = rspamd_says("\"symbols\":{" + symbols + "}");
    EXPECT_THAT(crowded.symbols, SizeIs(spam_symbols_max));
    EXPECT_THAT(crowded.omissions, ElementsAre("14 of its symbols"));
    EXPECT_DOUBLE_EQ(parse_rspamd_answer(R"({"action":"reject","score":1e300})")->score, spam_score_max);
}

TEST(RspamdAnswer, is_not_made_unreadable_by_octets_of_the_message) {
    const auto said = rspamd_says(
        "\"message-id\":\"\xff\xfe\x80\",\"symbols\":{\"A\xff\":{},\"B\":{\"options\":[\"\xc3\"]}}");
    EXPECT_THAT(said.symbols, ElementsAre(SpamSymbol{"A?", std::nullopt}, SpamSymbol{"B", std::nullopt}));
}

TEST(RspamdAnswer, adds_fields) {
    EXPECT_THAT(rspamd_edits(R"("add_headers":{"X-A":"1","X-B":{"value":"2"},"X-C":{"value":"3","order":1},
                                               "X-D":{"value":"4","order":-1},"X-E":["5",{"value":"6","order":0}]})"),
                ElementsAre(HeaderEdit::append("X-A", "1"), HeaderEdit::append("X-B", "2"),
                            HeaderEdit::insert(1, "X-C", "3"), HeaderEdit::append("X-D", "4"),
                            HeaderEdit::append("X-E", "5"), HeaderEdit::insert(0, "X-E", "6")));
}

TEST(RspamdAnswer, removes_fields_before_it_adds_any) {
    EXPECT_THAT(
        rspamd_edits(
            R"("add_headers":{"X-A":"1"},"remove_headers":{"X-A":0,"X-B":2,"X-C":-1,"X-D":[1,3,3,-2,-1]})"),
        ElementsAre(HeaderEdit::remove_all("X-A"), HeaderEdit::change(2, "X-B", ""),
                    HeaderEdit::remove_from_end(1, "X-C"), HeaderEdit::change(3, "X-D", ""),
                    HeaderEdit::remove_from_end(2, "X-D"), HeaderEdit::change(1, "X-D", ""),
                    HeaderEdit::remove_from_end(1, "X-D"), HeaderEdit::append("X-A", "1")));
}

TEST(RspamdAnswer, has_its_folds_made_ours) {
    EXPECT_THAT(rspamd_edits(R"("add_headers":{"X-A":"a\n b\r\n\tc"})"),
                ElementsAre(HeaderEdit::append("X-A", "a\r\n b\r\n\tc")));
}

TEST(RspamdAnswer, cannot_smuggle_a_field_or_a_body_in) {
    for (const char* body : {"a\\nBcc: x@y.example", "a\\r\\nBcc: x", "a\\n\\nbody", "a\\r\\n\\r\\nbody",
                             "a\\rb", "a\\u0000b", "a\\n \\n b", "\\n", "\\n b\\n"}) {
        const auto said = rspamd_says(fmt::format("\"milter\":{{\"add_headers\":{{\"X-A\":\"{}\"}}}}", body));
        EXPECT_THAT(said.edits, IsEmpty()) << body;
        EXPECT_THAT(said.omissions, ElementsAre("field \"X-A\", which is not a safe one")) << body;
    }
    for (const char* name : {"", "X A", "X:A", "X\\r\\nA", "X\\u00e4", "X\\u0000"}) {
        const auto said = rspamd_says(fmt::format(
            "\"milter\":{{\"add_headers\":{{\"{}\":\"a\"}},\"remove_headers\":{{\"{}\":1}}}}", name, name));
        EXPECT_THAT(said.edits, IsEmpty()) << name;
        EXPECT_THAT(said.omissions, SizeIs(2)) << name;
    }
}

TEST(RspamdAnswer, leaves_out_what_is_of_a_wrong_form_and_says_so) {
    const auto said = rspamd_says(
        R"("milter":{"add_headers":{"X-A":7,"X-B":{"order":1},"X-C":null,"X-D":[[]],"X-E":{"value":"5","order":"x"}},
                                           "remove_headers":{"X-F":"1","X-G":1.5,"X-H":1e30,"X-I":1.0}})");
    EXPECT_THAT(said.edits, ElementsAre(HeaderEdit::change(1, "X-I", ""), HeaderEdit::append("X-E", "5")));
    EXPECT_THAT(said.omissions, SizeIs(7));
    EXPECT_THAT(said.omissions, Contains(HasSubstr("X-B")));
    EXPECT_THAT(rspamd_says(R"("milter":[],"symbols":[1],"dkim-signature":{})").edits, IsEmpty());
    EXPECT_THAT(rspamd_says(R"("milter":{"add_headers":[1],"remove_headers":"x"})").edits, IsEmpty());
}

TEST(RspamdAnswer, changes_only_so_much) {
    std::string many = "\"milter\":{\"add_headers\":{";
    for (std::size_t i = 0; i < 5'000; ++i) many += fmt::format("{}\"X-{}\":\"x\"", i == 0 ? "" : ",", i);
    const auto said = rspamd_says(many + "}}", "add header");
    EXPECT_THAT(said.edits, SizeIs(spam_edits_max));
    EXPECT_THAT(said.omissions, SizeIs(spam_omissions_max));
    std::string values = "\"milter\":{\"remove_headers\":{\"X-A\":[1";
    for (std::size_t i = 2; i < 5'000; ++i) values += fmt::format(",{}", i);
    EXPECT_THAT(rspamd_says(values + "]}}").edits, SizeIs(spam_edits_max));
}

TEST(RspamdAnswer, brings_signatures_that_stand_behind_our_received) {
    EXPECT_THAT(rspamd_says(R"("dkim-signature":"v=1;\n\tb=x")").edits,
                ElementsAre(HeaderEdit::insert(1, "DKIM-Signature", "v=1;\r\n\tb=x")));
    EXPECT_THAT(rspamd_says(R"("dkim-signature":["a","b"])").edits,
                ElementsAre(HeaderEdit::insert(1, "DKIM-Signature", "a"),
                            HeaderEdit::insert(1, "DKIM-Signature", "b")));
    EXPECT_THAT(rspamd_says(R"("dkim-signature":7)").omissions, SizeIs(1));
}

TEST(RspamdAnswer, marks_spam_in_a_field_that_nobody_else_can_have_set) {
    EXPECT_THAT(rspamd_says("", "add header").action_edits,
                ElementsAre(HeaderEdit::remove_all("X-Spam"), HeaderEdit::append("X-Spam", "Yes")));
    EXPECT_THAT(rspamd_says(R"("milter":{"spam_header":"X-Junk"})", "add header").action_edits,
                ElementsAre(HeaderEdit::remove_all("X-Junk"), HeaderEdit::append("X-Junk", "Yes")));
    EXPECT_THAT(rspamd_says(R"("milter":{"spam_header":"X\r\nBcc"})", "add header").action_edits,
                ElementsAre(HeaderEdit::remove_all("X-Spam"), HeaderEdit::append("X-Spam", "Yes")));
    EXPECT_THAT(rspamd_says("", "reject").action_edits, IsEmpty());
}

TEST(RspamdAnswer, rewrites_the_subject) {
    EXPECT_THAT(rspamd_says(R"("subject":"*** SPAM *** x")", "rewrite subject").action_edits,
                ElementsAre(HeaderEdit::change(1, "Subject", "*** SPAM *** x")));
    EXPECT_THAT(rspamd_says(R"("subject":"x")", "add header").action_edits, SizeIs(2))
        << "only with its action";
    const auto hostile = rspamd_says(R"("subject":"x\nBcc: a")", "rewrite subject");
    EXPECT_THAT(hostile.action_edits, IsEmpty());
    EXPECT_THAT(hostile.omissions, SizeIs(1));
    EXPECT_THAT(rspamd_says("", "rewrite subject").action_edits, IsEmpty());
    EXPECT_THAT(rspamd_says(R"("subject":"")", "rewrite subject").action_edits, IsEmpty())
        << "an empty one would remove it";
}

TEST(RspamdAnswer, says_what_a_refusal_means) {
    EXPECT_EQ(rspamd_says(R"("milter":{"reject":"discard"})", "reject").action, SpamAction::Discard);
    EXPECT_EQ(rspamd_says(R"("milter":{"reject":"quarantine"})", "reject").action, SpamAction::Quarantine);
    EXPECT_EQ(rspamd_says(R"("milter":{"reject":"else"})", "reject").action, SpamAction::Reject);
    EXPECT_EQ(rspamd_says(R"("milter":{"reject":"discard"})", "add header").action, SpamAction::AddHeader);
    const auto watched = rspamd_says(R"("milter":{"no_action":true})", "reject");
    EXPECT_EQ(watched.action, SpamAction::None);
    EXPECT_THAT(watched.edits, ElementsAre(HeaderEdit::append("X-Rspamd-Action", "reject")));
    EXPECT_EQ(rspamd_says(R"("milter":{"no_action":false})", "reject").action, SpamAction::Reject);
}

TEST(RspamdAnswer, does_not_change_the_envelope) {
    EXPECT_THAT(
        rspamd_says(R"("milter":{"change_from":"a@b.example","add_rcpt":["a@b.example"],"del_rcpt":[]})")
            .omissions,
        AllOf(SizeIs(3), Contains(HasSubstr("change_from")), Contains(HasSubstr("add_rcpt"))));
}

TEST(RspamdAnswer, edits_a_header_as_it_says) {
    const auto said = rspamd_says(
        R"("milter":{"remove_headers":{"X-Spam":0},"add_headers":{"X-A":{"value":"a\n b","order":1}}})",
        "add header");
    auto edits = said.edits;
    edits.insert(edits.end(), said.action_edits.begin(), said.action_edits.end());
    EXPECT_EQ(edited_header("Received: us\r\nFrom: a\r\nX-Spam: No\r\n", edits),
              "Received: us\r\nX-A: a\r\n b\r\nFrom: a\r\nX-Spam: Yes\r\n");
}

}  // namespace
}  // namespace cursus
