// Conditions that count what they are asked about, or that change while a session goes on.
#include <gmock/gmock.h>

#include "policy/tests/rule_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RuleCounts : public RuleWorld {};

TEST_F(RuleCounts, rates_count_by_rule_and_key_each_time) {
    decide(rule("rate = \"10/1h per sender-domain\"", "name = \"many\"\ndo = \"defer\""));
    decide(rule("rate = \"10/1h per sender-domain\"", "name = \"many\"\ndo = \"defer\""));
    EXPECT_THAT(finder.counted, ElementsAre("many 10/1h per sender-domain a.example",
                                            "many 10/1h per sender-domain a.example"));
    finder.is_exceeded = true;
    EXPECT_EQ(decide(rule("rate = \"10/1h per client\"")).verdict, Verdict::Refuse);
    inquest.known().sender = NullPath{};
    EXPECT_EQ(decide(rule("rate = \"10/1h per sender\"")).verdict, Verdict::Pass);
}

TEST_F(RuleCounts, two_rates_of_one_rule_count_apart) {
    finder.is_exceeded = true;
    EXPECT_TRUE(refuses("rate = \"10/1m per client\", all = { rate = \"100/1h per client\" }"));
    EXPECT_THAT(finder.counted,
                ElementsAre("counter 10/1m per client 192.0.2.7", "counter 100/1h per client 192.0.2.7"));
}

TEST_F(RuleCounts, a_message_counts_once_whoever_it_is_for) {
    const ContentFacts content;
    inquest.show(&content);
    const auto rules = rule("recipient = \"nobody@b.example\"", "do = \"discard\"", "data") +
                       rule("rate = \"1/1h per sender\"", "name = \"r\"\ndo = \"reject\"", "data") +
                       rule("rate = \"2/1h per recipient\"", "name = \"s\"\ndo = \"reject\"", "data");
    for (const char* recipient : {"bob@b.example", "eve@b.example"})
        decide(rules, RuleStage::Data, recipient);
    EXPECT_THAT(finder.counted,
                ElementsAre("r 1/1h per sender ann@a.example", "s 2/1h per recipient bob@b.example",
                            "s 2/1h per recipient eve@b.example"));
    ++inquest.known().transaction;
    finder.is_exceeded = true;
    EXPECT_TRUE(decide(rules, RuleStage::Data).reply);
}

TEST_F(RuleCounts, a_count_may_settle_what_others_leave_open) {
    finder.answers[{Topic::SenderDomain, "a.example"}] = unknown("no answer");
    const auto code = [this](std::string_view condition) { return decide(rule(condition)).reply->code(); };
    finder.is_exceeded = true;
    EXPECT_EQ(code("any = [{ sender_domain = \"unusable\" }, { rate = \"1/1h per client\" }]"), 550);
    const std::string both = "sender_domain = \"unusable\", rate = \"1/1h per client\"";
    EXPECT_EQ(code(both), 450);
    finder.is_exceeded = false;
    EXPECT_EQ(decide(rule(both)).verdict, Verdict::Pass) << "it is within its rate, whatever the domain is";
    finder.counted.clear();
    EXPECT_EQ(code("sender_domain = \"unusable\", not_rate = \"1/1h per client\""), 450);
    EXPECT_THAT(finder.counted, IsEmpty()) << "it comes again, and counts then";
}

TEST_F(RuleCounts, who_has_passed_greylisting_waits_for_no_name_server) {
    finder.answers[{Topic::ReverseDns, "192.0.2.7"}] = unknown("no answer");
    const std::string greylisting = "greylisted = true, any = [{ reverse_dns = \"unconfirmed\" }]";
    EXPECT_EQ(decide(rule(greylisting)).verdict, Verdict::Pass);
    finder.answers[{Topic::Greylisted, "bob@b.example"}] = {{"waiting"}};
    EXPECT_EQ(decide(rule(greylisting)).reply->code(), 450);
}

TEST_F(RuleCounts, an_advisor_is_asked_about_a_message_once) {
    const ContentFacts content;
    inquest.show(&content);
    const auto rules = rule("recipient = \"nobody@b.example\"", "do = \"discard\"", "data") +
                       rule("tls = false", "do = \"ask\"\nask = \"policy:127.0.0.1:10023\"", "data");
    for (const char* recipient : {"bob@b.example", "eve@b.example"})
        decide(rules, RuleStage::Data, recipient);
    EXPECT_EQ(told<LookedUp>().size(), 1U);
    ++inquest.known().transaction;
    decide(rules, RuleStage::Data);
    EXPECT_EQ(told<LookedUp>().size(), 2U);
}

TEST_F(RuleCounts, of_what_has_no_key_no_rate_holds) {
    EXPECT_EQ(decide(rule("not_rate = \"100/1h per account\"")).verdict, Verdict::Pass);
}

TEST_F(RuleCounts, unknown_recipients_are_looked_at_first_and_each_time_anew) {
    const Question asked{Topic::UnknownRecipients, ""};
    finder.answers[{Topic::SenderDomain, "a.example"}] = unknown("no answer");
    EXPECT_FALSE(refuses("sender_domain = \"unusable\", unknown_recipients = \">= 3\""));
    finder.answers[asked] = {{}, 3, "", {}};
    EXPECT_TRUE(refuses("unknown_recipients = \">= 3\""));
    EXPECT_EQ(std::ranges::count(finder.asked, asked), 2);
}

TEST_F(RuleCounts, an_attempt_is_greylisted_once) {
    refuses("greylisted = true");
    EXPECT_THAT(finder.asked, ElementsAre(Question{Topic::Greylisted, "bob@b.example"}));
}

}  // namespace
}  // namespace cursus
