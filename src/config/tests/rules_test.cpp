// [[rule]] and what it asks: from the file to typed values, and every way of writing nonsense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "config/conditions.h"
#include "config/parse.h"

namespace cursus {
namespace {

constexpr std::string_view ground =
    "hostname = \"mx.b.example\"\n[auth]\ncountries = \"/x\"\n[policy]\ndefault_rules = false\n";

std::string with_rule(std::string_view rule) {
    return std::string(ground) + "[scan]\nclamd = \"127.0.0.1:3310\"\nrspamd = \"http://127.0.0.1:11333\"\n" +
           "[[dnslist]]\nname = \"scored\"\nzone = \"bl.example\"\n[[rule]]\n" + std::string(rule);
}

RuleSettings rule_of(std::string_view text) {
    const auto settings = parse_settings(with_rule(text), {});
    if (!settings) {
        ADD_FAILURE() << describe_errors("test", settings.error());
        return {};
    }
    return settings->rules.at(0);
}

Condition condition_of(std::string_view stage, std::string_view condition) {
    const auto rule = rule_of("at = \"" + std::string(stage) + "\"\ndo = \"reject\"\nif = { " +
                              std::string(condition) + " }");
    return std::get<Condition>(rule.when.parts.at(0));
}

std::string rule_errors_of(std::string_view rule) {
    const auto settings = parse_settings(with_rule(rule), {});
    return settings ? std::string("(taken)") : describe_errors("f", settings.error());
}

std::string errors_of_condition(std::string_view condition) {
    return rule_errors_of("at = \"data\"\ndo = \"reject\"\nif = { " + std::string(condition) + " }");
}

TEST(Rules, know_where_they_stand_and_what_they_do) {
    const auto rule = rule_of(
        "at = \"rcpt\"\nif = { authenticated = false }\ndo = \"reject\"\ntext = \"No, {client.address}\"");
    EXPECT_EQ(rule.at, RuleStage::Rcpt);
    EXPECT_EQ(rule.action, RuleAction::Reject);
    EXPECT_EQ(rule.on_error, OnError::Defer);
    EXPECT_EQ(rule.line, 12U);
    EXPECT_EQ(rule.name, "line-12");
    EXPECT_EQ(rule.text.fill([](TextValue) { return "192.0.2.1"; }), "No, 192.0.2.1");
}

TEST(Rules, take_one_value_or_a_list_of_them) {
    EXPECT_EQ(std::get<Words>(condition_of("mail", "dnslist = \"Zen.B.Example\"").operand),
              Words{"zen.b.example"});
    EXPECT_EQ(std::get<Words>(condition_of("mail", "dnslist = [\"a.example\", \"scored\"]").operand),
              (Words{"a.example", "scored"}));
    EXPECT_EQ(std::get<std::vector<ClientPattern>>(
                  condition_of("connect", "client = [\"192.0.2.0/24\", \"*.dialup.example\"]").operand)
                  .size(),
              2U);
}

TEST(Rules, negate_by_a_prefix) {
    EXPECT_FALSE(condition_of("rcpt", "greylisted = true").is_negated);
    EXPECT_TRUE(condition_of("rcpt", "not_greylisted = true").is_negated);
}

TEST(Rules, group_conditions_in_any_and_all) {
    const auto rule = rule_of(
        "at = \"rcpt\"\ndo = \"reject\"\nif = { tls = false, any = [{ helo = \"a\" }, { helo = \"b\", sender "
        "= \"<>\" }], "
        "not_all = { trusted = true, tls = true } }");
    ASSERT_EQ(rule.when.parts.size(), 3U);
    const auto& any = std::get<ConditionGroup>(rule.when.parts[1]);
    EXPECT_EQ(any.of, ConditionGroup::Of::Any);
    ASSERT_EQ(any.parts.size(), 2U);
    EXPECT_EQ(std::get<ConditionGroup>(any.parts[1]).parts.size(), 2U);
    const auto& not_all = std::get<ConditionGroup>(rule.when.parts[2]);
    EXPECT_TRUE(not_all.is_negated);
    EXPECT_EQ(not_all.of, ConditionGroup::Of::All);
}

TEST(Rules, compare_numbers_and_sizes) {
    const auto score = std::get<Comparison>(condition_of("data", "spam_score = \">= 7.5\"").operand);
    EXPECT_TRUE(score.holds(7.5));
    EXPECT_FALSE(score.holds(7.4));
    const auto size = std::get<Comparison>(condition_of("mail", "size = \"> 5MiB\"").operand);
    EXPECT_FALSE(size.holds(5.0 * 1024 * 1024));
    EXPECT_TRUE(size.holds(5.0 * 1024 * 1024 + 1));
}

WallTime at(int day, int hour, int minute) {  // days from Monday 2026-11-23
    using namespace std::chrono;
    return sys_days{year{2026} / 11 / 23} + days{day} + hours{hour} + minutes{minute};
}

TEST(Rules, know_the_hours_of_a_week) {
    const auto office =
        std::get<std::vector<TimeSpan>>(condition_of("rcpt", "time = \"mon-fri 08:00-18:00\"").operand).at(0);
    EXPECT_TRUE(office.contains(at(0, 8, 0)));
    EXPECT_FALSE(office.contains(at(0, 18, 0)));
    EXPECT_TRUE(office.contains(at(4, 17, 59)));
    EXPECT_FALSE(office.contains(at(5, 12, 0)));
    const auto night =
        std::get<std::vector<TimeSpan>>(condition_of("rcpt", "time = \"fri 22:00-06:00\"").operand).at(0);
    EXPECT_TRUE(night.contains(at(4, 23, 0)));
    EXPECT_TRUE(night.contains(at(5, 5, 59)));
    EXPECT_FALSE(night.contains(at(5, 23, 0)));
    EXPECT_FALSE(night.contains(at(4, 5, 0)));
    const auto weekend =
        std::get<std::vector<TimeSpan>>(condition_of("rcpt", "time = \"sat-sun\"").operand).at(0);
    EXPECT_TRUE(weekend.contains(at(6, 23, 59)));
    EXPECT_FALSE(weekend.contains(at(0, 0, 0)));
    const auto around =
        std::get<std::vector<TimeSpan>>(condition_of("rcpt", "time = \"sun-mon\"").operand).at(0);
    EXPECT_TRUE(around.contains(at(0, 12, 0)));
    EXPECT_FALSE(around.contains(at(1, 12, 0)));
}

TEST(Rules, refuse_what_means_nothing) {
    EXPECT_THAT(errors_of_condition("sende = \"<>\""), testing::HasSubstr("did you mean \"sender\""));
    EXPECT_THAT(errors_of_condition("authenticated = \"yes\""), testing::HasSubstr("takes true or false"));
    EXPECT_THAT(errors_of_condition("dnslist = []"), testing::HasSubstr("an empty list never holds"));
    EXPECT_THAT(errors_of_condition("dnslist = \"nowhere\""),
                testing::HasSubstr("neither the name of a [[dnslist]]"));
    EXPECT_THAT(errors_of_condition("sender_dnslist = \"scored\""), testing::HasSubstr("lists addresses"));
    EXPECT_THAT(errors_of_condition("spam_score = 10"), testing::HasSubstr("write it as a text"));
    EXPECT_THAT(errors_of_condition("spam_score = \">= ten\""), testing::HasSubstr("no number"));
    EXPECT_THAT(errors_of_condition("spam_score = \"> nan\""), testing::HasSubstr("no number"));
    EXPECT_THAT(errors_of_condition("sender_domain = \"gone\""), testing::HasSubstr("sender_domain"));
    EXPECT_THAT(errors_of_condition("time = \"25:00-26:00\""), testing::HasSubstr("is no time"));
    EXPECT_THAT(errors_of_condition("any = []"), testing::HasSubstr("never holds"));
    EXPECT_THAT(errors_of_condition("country = \"Italy\""), testing::HasSubstr("write its two letters"));
    EXPECT_THAT(errors_of_condition("not_country = [\"it\", \"1T\"]"),
                testing::HasSubstr("\"1T\" is no country"));
    EXPECT_THAT(errors_of_condition("sender = \"table:none\""),
                testing::HasSubstr("no [[table]] named \"none\""));
    EXPECT_THAT(errors_of_condition("header = \"Sub ject: x\""), testing::HasSubstr("names no header field"));
}

TEST(Rules, refuse_what_is_not_verified_yet_by_name) {
    EXPECT_THAT(errors_of_condition("spf = \"fail\""), testing::HasSubstr("\"spf\" is not there yet"));
    EXPECT_THAT(errors_of_condition("not_dmarc = \"pass\""),
                testing::HasSubstr("\"dmarc\" is not there yet"));
}

TEST(Rules, refuse_conditions_that_nobody_knows_so_early) {
    EXPECT_THAT(rule_errors_of("at = \"connect\"\ndo = \"reject\"\nif = { sender = \"<>\" }"),
                testing::HasSubstr("sender is not known before mail"));
    EXPECT_THAT(rule_errors_of("at = \"rcpt\"\ndo = \"reject\"\nif = { any = [{ virus = true }] }"),
                testing::HasSubstr("virus is not known before data"));
}

TEST(Rules, count_by_what_is_known_by_then) {
    const auto errors = [](std::string_view stage, std::string_view rate) {
        return rule_errors_of("name = \"often\"\nat = \"" + std::string(stage) +
                              "\"\ndo = \"defer\"\nif = { rate = \"" + std::string(rate) + "\" }");
    };
    EXPECT_THAT(
        errors("mail", "1/1h per recipient"),
        testing::HasSubstr("rate \"1/1h per recipient\" is not known before rcpt; write at = \"rcpt\""));
    EXPECT_THAT(errors("helo", "1/1h per sender"), testing::HasSubstr("write at = \"mail\""));
    EXPECT_THAT(errors("connect", "1/1h per account"), testing::HasSubstr("write at = \"mail\""));
    EXPECT_EQ(errors("connect", "1/1h per network"), "(taken)");
    EXPECT_EQ(errors("data", "1/1h per recipient"), "(taken)");
}

TEST(Rules, that_count_have_a_name) {
    EXPECT_THAT(
        rule_errors_of("at = \"mail\"\ndo = \"defer\"\nif = { any = [{ rate = \"1/1h per client\" }] }"),
        testing::HasSubstr("remembered under its name; write name = "));
}

TEST(Rules, know_the_words_of_their_conditions) {
    EXPECT_THAT(rule_errors_of("at = \"data\"\ndo = \"reject\"\nif = { malformed = \"duplicate-form\" }"),
                testing::HasSubstr("did you mean \"duplicate-from\"?"));
    EXPECT_EQ(rule_errors_of(
                  "at = \"data\"\ndo = \"reject\"\nif = { malformed = [\"noted\", \"duplicate-from\"] }"),
              "(taken)");
}

TEST(Rules, say_whether_any_or_all_of_a_list_are_meant) {
    EXPECT_THAT(
        rule_errors_of("at = \"mail\"\ndo = \"reject\"\nif = [{ sender = \"a@\" }, { sender = \"b@\" }]"),
        testing::HasSubstr("{ any = ["));
}

TEST(Rules, may_say_a_status_before_their_text) {
    const auto text = [](std::string_view action, std::string_view words) {
        return rule_errors_of("at = \"mail\"\ndo = \"" + std::string(action) + "\"\ntext = \"" +
                              std::string(words) + "\"");
    };
    EXPECT_EQ(text("reject", "5.1.8 Nobody there"), "(taken)");
    EXPECT_EQ(text("defer", "4.2.0 Later"), "(taken)");
    EXPECT_EQ(text("hold", "2 of 3 tests say so"), "(taken)");
    EXPECT_THAT(text("reject", "4.1.8 Nobody there"),
                testing::HasSubstr("the status 4.1.8 is none of do = \"reject\""));
    EXPECT_THAT(text("hold", "5.1.8 Nobody there"), testing::HasSubstr("is none of do = \"hold\""));
    EXPECT_THAT(text("reject", "554 5.1.8 Nobody"),
                testing::HasSubstr("the reply's code is the action's own"));
}

TEST(Rules, fill_values_into_subjects_and_name_headers_whole) {
    const auto annotate = [](std::string_view what) {
        return rule_errors_of("at = \"data\"\ndo = \"annotate\"\n" + std::string(what));
    };
    EXPECT_EQ(annotate("subject_tag = \"[{spam.score}]\""), "(taken)");
    EXPECT_THAT(annotate("subject_tag = \"[{spam.scor}]\""),
                testing::HasSubstr("there is no value {spam.scor}"));
    EXPECT_THAT(annotate("remove_header = \"X-Spam*\""), testing::HasSubstr("write it whole"));
}

TEST(Rules, have_each_a_name_of_their_own) {
    EXPECT_THAT(rule_errors_of("name = \"a\"\nat = \"rcpt\"\ndo = \"accept\"\n[[rule]]\nname = \"a\"\nat = "
                               "\"rcpt\"\ndo = \"accept\""),
                testing::AllOf(testing::HasSubstr("the rule at line 12 is named \"a\" too"),
                               testing::HasSubstr("at line 16")));
    const auto errors = [](std::string_view name, bool with_defaults) {
        const auto settings =
            parse_settings("hostname = \"mx.b.example\"\n[policy]\ndefault_rules = " +
                               std::string(with_defaults ? "true" : "false") + "\n[[rule]]\nname = \"" +
                               std::string(name) + "\"\nat = \"rcpt\"\ndo = \"accept\"",
                           {});
        return settings ? std::string("(taken)") : describe_errors("f", settings.error());
    };
    EXPECT_THAT(errors("open-postmaster", true), testing::HasSubstr("a default rule is named"));
    EXPECT_THAT(errors("spam-marked", true), testing::HasSubstr("a default rule is named"));
    EXPECT_EQ(errors("spam", true), "(taken)");
    EXPECT_EQ(errors("virus", false), "(taken)");
}

TEST(Rules, refuse_groups_without_end) {
    std::string condition = "tls = true";
    for (int depth = 0; depth < 12; ++depth) condition = "all = { " + condition + " }";
    EXPECT_THAT(errors_of_condition(condition), testing::HasSubstr("at most 8 deep"));
}

TEST(Rules, refuse_actions_without_what_they_need_and_keys_without_use) {
    EXPECT_THAT(rule_errors_of("at = \"rcpt\"\ndo = \"tag\""),
                testing::HasSubstr("do = \"tag\" needs the key tag"));
    EXPECT_THAT(rule_errors_of("at = \"rcpt\"\ndo = \"annotate\""), testing::HasSubstr("needs header"));
    EXPECT_THAT(rule_errors_of("at = \"rcpt\"\ndo = \"accept\"\ntext = \"x\""),
                testing::HasSubstr("text does nothing"));
    EXPECT_THAT(rule_errors_of("at = \"rcpt\""), testing::HasSubstr("this rule does nothing"));
    EXPECT_THAT(rule_errors_of("do = \"accept\""), testing::HasSubstr("says not when"));
}

TEST(Rules, refuse_texts_with_values_that_do_not_exist_or_lines) {
    const auto error_of = [](std::string_view text) {
        return rule_errors_of("at = \"rcpt\"\ndo = \"reject\"\ntext = \"" + std::string(text) + "\"");
    };
    EXPECT_THAT(error_of("{client.adress}"), testing::HasSubstr("client.address"));
    EXPECT_THAT(error_of("a { b"), testing::HasSubstr("written twice"));
    EXPECT_THAT(error_of("a\\r\\n250 b"), testing::HasSubstr("one line"));
    EXPECT_THAT(error_of("f\xC3\xBCr {helo}"), testing::HasSubstr("a text is ASCII, as replies are"));
    EXPECT_EQ(error_of("{{}}"), "(taken)");
}

TEST(Rules, write_only_ascii_into_headers) {
    const auto error_of = [](std::string_view key) {
        return rule_errors_of("at = \"rcpt\"\ndo = \"annotate\"\n" + std::string(key));
    };
    const auto tells_how = testing::HasSubstr("as an encoded word, as \"=?UTF-8?Q?f=C3=BCr?=\"");
    EXPECT_THAT(error_of("header = \"X-A: f\xC3\xBCr\""), tells_how);
    EXPECT_THAT(error_of("replace_header = \"X-A: f\xC3\xBCr\""), tells_how);
    EXPECT_THAT(error_of("subject_tag = \"f\xC3\xBCr\""), tells_how);
    EXPECT_THAT(error_of("subject_tag = \"a\\r\\nBcc: b@c.example\""), testing::HasSubstr("one line"));
    EXPECT_EQ(error_of("subject_tag = \"=?UTF-8?Q?f=C3=BCr?=\""), "(taken)");
}

TEST(Rules, put_nothing_into_texts_that_could_be_a_line_of_its_own) {
    const auto rule = rule_of("at = \"rcpt\"\ndo = \"reject\"\ntext = \"No, {helo}\"");
    EXPECT_EQ(rule.text.fill([](TextValue) { return "a\r\n250 b\x7f\xc3\xbc"; }), "No, a??250 b???");
}

TEST(Rules, refuse_scanners_that_are_not_there) {
    const auto settings = parse_settings(
        std::string(ground) + "[[rule]]\nat = \"data\"\ndo = \"reject\"\nif = { virus = true }", {});
    ASSERT_FALSE(settings);
    EXPECT_THAT(describe_errors("f", settings.error()), testing::HasSubstr("[scan] names no clamd"));
}

TEST(TextTemplates, make_values_harmless) {
    const auto text = TextTemplate::parse("<{helo}>");
    ASSERT_TRUE(text);
    EXPECT_EQ(text->fill([](TextValue) { return "a\r\n250 {sender}\xff"; }), "<a??250 {sender}?>");
    EXPECT_EQ(text->fill([](TextValue) { return std::string(5'000, 'x'); }).size(),
              text_value_octets_max + 2);
}

std::vector<std::string> names_of(const Settings& settings) {
    std::vector<std::string> names;
    for (const auto& rule : settings.rules) names.push_back(rule.name);
    return names;
}

TEST(DefaultRules, stand_around_the_operators_and_ask_only_what_is_there) {
    const auto bare = parse_settings(
        "hostname = \"mx.b.example\"\n[[rule]]\nname = \"mine\"\nat = \"rcpt\"\ndo = \"accept\"", {});
    ASSERT_TRUE(bare);
    EXPECT_THAT(names_of(*bare), testing::ElementsAre("open-postmaster", "mine", "sender-null-mx",
                                                      "sender-domain", "malformed", "malformed-noted"));
    const auto scanned = parse_settings(
        "hostname = \"mx.b.example\"\n[scan]\nclamd = \"127.0.0.1:3310\"\nspamd = \"127.0.0.1:783\"", {});
    ASSERT_TRUE(scanned);
    EXPECT_THAT(names_of(*scanned), testing::IsSupersetOf({"virus", "spam-marked"}));
    EXPECT_THAT(names_of(*scanned), testing::Not(testing::Contains("spam-refused")));
    const auto by_rspamd =
        parse_settings("hostname = \"mx.b.example\"\n[scan]\nrspamd = \"http://127.0.0.1:11333\"", {});
    ASSERT_TRUE(by_rspamd);
    EXPECT_THAT(names_of(*by_rspamd),
                testing::IsSupersetOf({"spam-refused", "spam-held", "spam-discarded", "spam-later"}));
    const auto none = parse_settings("hostname = \"mx.b.example\"\n[policy]\ndefault_rules = false", {});
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->rules.empty());
}

TEST(DnsLists, read_answers_as_addresses_ranges_and_bits) {
    const auto settings = parse_settings(std::string(ground) +
                                             "[[dnslist]]\nzone = \"bl.example\"\nanswers = [\"127.0.0.2\", "
                                             "\"127.0.0.4-127.0.0.7\", \"&8\"]\nscore = -2.5",
                                         {});
    ASSERT_TRUE(settings);
    const auto& list = settings->dns_lists.at(0);
    EXPECT_EQ(list.name, "bl.example");
    EXPECT_EQ(list.score, -2.5);
    ASSERT_EQ(list.answers.size(), 3U);
    EXPECT_EQ(list.answers[0].first, 0x7f000002U);
    EXPECT_EQ(list.answers[1].last, 0x7f000007U);
    EXPECT_EQ(list.answers[2].bits, 8U);
    const auto wrong = parse_settings(
        std::string(ground) + "[[dnslist]]\nzone = \"bl.example\"\nanswers = \"10.0.0.1\"", {});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(describe_errors("f", wrong.error()), testing::HasSubstr("no answer of a list"));
}

TEST(Greylist, that_nobody_could_pass_is_a_mistake) {
    const auto errors = [](std::string_view keys) {
        const auto settings = parse_settings(std::string(ground) + "[greylist]\n" + std::string(keys), {});
        return settings ? std::string("(taken)") : describe_errors("f", settings.error());
    };
    EXPECT_EQ(errors("wait = \"59m\"\nretry_window = \"1h\"\nkeep = \"1h\""), "(taken)");
    EXPECT_THAT(errors("wait = \"1h\"\nretry_window = \"1h\""),
                testing::HasSubstr("write a shorter wait or a longer retry_window"));
    EXPECT_THAT(errors("keep = \"1h\""), testing::HasSubstr("write a longer keep"));
}

}  // namespace
}  // namespace cursus
