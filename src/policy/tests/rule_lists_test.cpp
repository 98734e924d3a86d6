// What rules make of lists in the DNS, those that are of no use now among them.
#include "policy/tests/rule_world.h"

namespace cursus {
namespace {

class RuleLists : public RuleWorld {
protected:
    static constexpr std::string_view scored =
        "[[dnslist]]\nname = \"a\"\nzone = \"a.example\"\nscore = 2\n"
        "[[dnslist]]\nzone = \"b.example\"\nscore = 3\n"
        "[[dnslist]]\nzone = \"white.example\"\nscore = -4\n";

    void list(const std::string& zone, Found found) {
        finder.answers[{Topic::DnsList, zone + " 192.0.2.7"}] = std::move(found);
    }
    // "pass", or the refusal's code: 450 of a rule that nobody could decide.
    std::string fate(std::string_view condition) {
        inquest.start_over();
        const auto ruling = decide(std::string(scored) + rule(condition));
        return ruling.reply ? std::to_string(ruling.reply->code()) : "pass";
    }
};

TEST_F(RuleLists, a_list_is_asked_once_for_all_rules_and_brings_its_reason) {
    finder.answers[{Topic::DnsList, "bl.example 192.0.2.7"}] = {{"bl.example"}, 1, "an open proxy", {}};
    const auto ruling =
        decide(rule("dnslist = \"bl.example\", helo = \"nobody\"") + rule("not_dnslist = \"bl.example\"") +
               rule("dnslist = [\"other.example\", \"bl.example\"]",
                    "do = \"reject\"\ntext = \"{client.address} is in {dnslist.zone}: {dnslist.reason}\""));
    EXPECT_EQ(ruling.reply->one_line(),
              "550 5.7.1 192.0.2.7 is in bl.example: an open proxy (" + SessionId(7).text() + ")");
    EXPECT_EQ(finder.asked.size(), 2U);
    EXPECT_EQ(told<LookedUp>().size(), 2U);
}

TEST_F(RuleLists, scores_add_up) {
    list("a.example", {{"a"}, 2, "one", {}});
    list("b.example", {{"b.example"}, 3, "two", {}});
    EXPECT_EQ(fate("dnslist_score = \">= 5\""), "550");
    list("white.example", {{"white.example"}, -4, "known", {}});
    EXPECT_EQ(fate("dnslist_score = \">= 5\""), "pass");
}

TEST_F(RuleLists, of_no_use_are_passed_over_where_a_listing_is_asked_for) {
    list("a.example", unknown("it is silent"));
    EXPECT_EQ(fate("dnslist = \"a\""), "pass");
    EXPECT_EQ(fate("any = [{ dnslist = \"a\" }]"), "pass");
    list("b.example", {{"b.example"}, 3, "", {}});
    EXPECT_EQ(fate("dnslist = [\"a\", \"b.example\"]"), "550");
}

TEST_F(RuleLists, of_no_use_let_no_rule_act_because_somebody_is_not_listed) {
    list("white.example", unknown("it is silent"));
    EXPECT_EQ(fate("not_dnslist = \"white.example\""), "450");
    EXPECT_EQ(fate("not_any = [{ dnslist = \"white.example\" }, { tls = true }]"), "450");
    EXPECT_EQ(fate("not_all = { not_dnslist = \"white.example\" }"), "pass");
    EXPECT_EQ(fate("not_dnslist = \"white.example\", tls = true"), "pass");
    list("b.example", {{"b.example"}, 3, "", {}});
    EXPECT_EQ(fate("not_dnslist = [\"white.example\", \"b.example\"]"), "pass");
}

TEST_F(RuleLists, nothing_holds_of_what_no_list_is_asked_about) {
    for (const char* const address : {"127.0.0.1:40000", "10.1.2.3:40000"}) {
        inquest.known().client = *Endpoint::parse(address);
        EXPECT_EQ(fate("not_dnslist = \"white.example\""), "pass") << address;
        EXPECT_EQ(fate("dnslist_score = \"<= 0\""), "pass") << address;
    }
    for (const char* const helo : {"localhost", "[192.0.2.7]", "192.0.2.7"}) {
        inquest.known().helo = helo;
        EXPECT_EQ(fate("not_helo_dnslist = \"names.example\""), "pass") << helo;
    }
    inquest.known().sender = *Mailbox::parse("ann@[192.0.2.7]");
    EXPECT_EQ(fate("not_sender_dnslist = \"names.example\""), "pass");
    EXPECT_TRUE(finder.asked.empty());
}

TEST_F(RuleLists, of_no_use_leave_a_score_open_that_they_could_have_spared_somebody) {
    list("a.example", {{"a"}, 2, "", {}});
    list("b.example", {{"b.example"}, 3, "", {}});
    list("white.example", unknown("it is silent"));
    EXPECT_EQ(fate("dnslist_score = \">= 5\""), "450");
    EXPECT_EQ(fate("dnslist_score = \">= 1\""), "550");
    EXPECT_EQ(fate("not_dnslist_score = \"< 5\""), "450");
    list("b.example", unknown("it is silent"));
    EXPECT_EQ(fate("dnslist_score = \">= 5\""), "pass");
    EXPECT_EQ(fate("dnslist_score = \"<= 2\""), "450");
    EXPECT_EQ(fate("dnslist_score = \"<= 5\""), "550");
}

TEST_F(RuleLists, are_called_by_their_zone_and_only_those_that_speak_for_the_score) {
    list("a.example", {{"a"}, 2, "an open proxy", {}});
    list("white.example", {{"white.example"}, -4, "well known", {}});
    const auto text = [this](std::string_view condition) {
        inquest.start_over();
        const auto reject = "do = \"reject\"\ntext = \"{dnslist.zone}: {dnslist.reason} ({dnslist.score})\"";
        const auto ruling = decide(std::string(scored) + rule(condition, reject));
        return ruling.reply->text().substr(0, ruling.reply->text().rfind(" ("));
    };
    EXPECT_EQ(text("dnslist = \"a\"").substr(0, 24), "a.example: an open proxy");
    EXPECT_EQ(text("dnslist_score = \">= -2\""), "a.example: an open proxy (-2)");
    EXPECT_EQ(text("dnslist_score = \"<= -2\""), "white.example: well known (-2)");
    EXPECT_EQ(text("not_dnslist_score = \"> -2\""), "white.example: well known (-2)");
}

TEST_F(RuleLists, are_named_in_any_case) {
    list("a.example", {{"dialup"}, 1, "", {}});
    EXPECT_EQ(decide("[[dnslist]]\nname = \"DialUp\"\nzone = \"a.example\"\n" + rule("dnslist = \"DIALUP\""))
                  .verdict,
              Verdict::Refuse);
    EXPECT_EQ(settings.dns_lists.front().name, "dialup");
}

}  // namespace
}  // namespace cursus
