// Rules: which are asked, in what order, and what is decided.
#include "policy/rule_book.h"

#include <gmock/gmock.h>

#include "policy/tests/rule_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class RuleBookTest : public RuleWorld {};

TEST_F(RuleBookTest, without_rules_everything_passes) {
    EXPECT_EQ(decide("").verdict, Verdict::Pass);
    EXPECT_THAT(events, IsEmpty());
}

TEST_F(RuleBookTest, the_first_final_action_wins_and_others_go_on) {
    const auto ruling = decide(
        rule("tls = false", "do = \"tag\"\ntag = \"clear\"") + rule("tagged = \"other\"", "do = \"accept\"") +
        rule("helo = \"client.*\"", "do = \"defer\"\ntext = \"Wait, {helo}\"") + rule("tls = false"));
    EXPECT_EQ(ruling.verdict, Verdict::Refuse);
    EXPECT_EQ(ruling.reply->one_line(), "450 4.7.1 Wait, client.example (" + SessionId(7).text() + ")");
    EXPECT_THAT(ruling.changes.tags, ElementsAre("clear"));
    const auto matched = told<RuleMatched>();
    ASSERT_EQ(matched.size(), 2U);
    EXPECT_EQ(matched[0].action, "tag");
    EXPECT_EQ(matched[1].line, 16U);
    EXPECT_EQ(matched[1].recipient, "bob@b.example");
}

TEST_F(RuleBookTest, what_one_rule_has_replaced_another_replaces_again) {
    const auto saying = [](const std::string& what) {
        return rule("tls = false",
                    "name = \"" + what + "\"\ndo = \"annotate\"\nreplace_header = \"X-Class: " + what + "\"");
    };
    Changes changes;
    for (int recipients = 0; recipients < 2; ++recipients)
        changes.add(decide(saying("list") + saying("junk")).changes);
    EXPECT_THAT(changes.all_edits(),
                ElementsAre(HeaderEdit::remove_all("X-Class"), HeaderEdit::append("X-Class", "list"),
                            HeaderEdit::remove_all("X-Class"), HeaderEdit::append("X-Class", "junk")));
}

TEST_F(RuleBookTest, a_senders_address_literal_is_checked_too) {
    inquest.known().sender = *Mailbox::parse("ann@[10.0.0.1]");
    finder.answers[{Topic::SenderDomain, "[10.0.0.1]"}] = {{"no-mail-host", "unusable"}};
    EXPECT_TRUE(refuses("sender_domain = \"unusable\"", RuleStage::Mail));
}

TEST_F(RuleBookTest, a_tag_is_seen_by_the_rules_behind_it) {
    const std::string tagging = rule("tls = false", "do = \"tag\"\ntag = \"clear\"");
    const std::string asking = rule("tagged = \"clear\"");
    EXPECT_EQ(decide(tagging + asking).verdict, Verdict::Refuse);
    EXPECT_EQ(decide(asking + tagging).verdict, Verdict::Pass);
    EXPECT_EQ(decide(tagging + rule("not_tagged = \"clear\"")).verdict, Verdict::Pass);
}

TEST_F(RuleBookTest, accept_ends_its_stage) {
    EXPECT_EQ(decide(rule("recipient = \"postmaster@\"", "do = \"accept\"") + rule("tls = false"),
                     RuleStage::Rcpt, "Postmaster@b.example")
                  .verdict,
              Verdict::Pass);
}

TEST_F(RuleBookTest, what_the_session_knows_is_not_asked) {
    EXPECT_TRUE(refuses("client = [\"198.51.100.0/24\", \"192.0.2.0/24\"]"));
    EXPECT_FALSE(refuses("not_client = \"192.0.2.0/24\""));
    EXPECT_TRUE(refuses("sender = \"@*.example\""));
    EXPECT_FALSE(refuses("sender = \"<>\""));
    EXPECT_TRUE(refuses("recipient = \"bob@b.example\""));
    EXPECT_TRUE(refuses("authenticated = false, trusted = false, tls = false"));
    EXPECT_FALSE(refuses("authenticated = true"));
    EXPECT_TRUE(refuses("service = \"mx\""));
    EXPECT_FALSE(refuses("account = \"*\", authenticated = true"));
    inquest.known().declared_size = 6 * 1024 * 1024;
    EXPECT_TRUE(refuses("size = \"> 5MiB\""));
    EXPECT_THAT(finder.asked, IsEmpty());
}

TEST_F(RuleBookTest, groups_hold_as_they_say) {
    EXPECT_TRUE(refuses("any = [{ helo = \"nobody\" }, { helo = \"client.*\", tls = false }]"));
    EXPECT_FALSE(refuses("any = [{ helo = \"nobody\" }, { helo = \"client.*\", tls = true }]"));
    EXPECT_TRUE(refuses("not_any = [{ helo = \"nobody\" }, { tls = true }]"));
    EXPECT_FALSE(refuses("not_all = { tls = false, helo = \"client.*\" }"));
    EXPECT_TRUE(refuses("all = [{ tls = false }, { not_helo = \"nobody\" }]"));
}

TEST_F(RuleBookTest, cheap_conditions_spare_the_dear_ones) {
    EXPECT_FALSE(refuses("dnslist = \"bl.example\", tls = true"));
    EXPECT_FALSE(refuses("sender_callout = \"refused\", rate = \"1/1h per client\", tls = true"));
    EXPECT_FALSE(decide(rule("tls = false", "do = \"accept\"") + rule("dnslist = \"bl.example\"")).reply);
    EXPECT_THAT(finder.asked, IsEmpty());
    EXPECT_THAT(finder.counted, IsEmpty());
}

TEST_F(RuleBookTest, lookups_run_side_by_side) {
    finder.takes = {{Topic::DnsList, std::chrono::seconds{4}},
                    {Topic::SenderDomain, std::chrono::seconds{5}},
                    {Topic::ReverseDns, std::chrono::seconds{3}}};
    const Instant began = sim.clock().now();
    decide(rule("dnslist = [\"a.example\", \"b.example\"]") + rule("sender_domain = \"unusable\"") +
           rule("reverse_dns = \"none\""));
    EXPECT_EQ(finder.last_answer - began, std::chrono::seconds{5});
}

TEST_F(RuleBookTest, callouts_and_counts_are_never_begun_ahead) {
    decide(rule("dnslist = \"bl.example\"", "do = \"accept\"") + rule("tls = false", "do = \"accept\"") +
           rule("sender_callout = \"refused\"") + rule("rate = \"1/1h per sender\""));
    EXPECT_THAT(finder.asked, ElementsAre(Question{Topic::DnsList, "bl.example 192.0.2.7"}));
    EXPECT_THAT(finder.counted, IsEmpty());
}

TEST_F(RuleBookTest, what_nobody_can_tell_is_put_off_or_passed_over_as_the_rule_says) {
    finder.answers[{Topic::SenderDomain, "a.example"}] = unknown("the DNS gives no answer");
    const auto put_off = decide(rule("sender_domain = \"unusable\""));
    EXPECT_EQ(put_off.verdict, Verdict::PutOff);
    EXPECT_EQ(put_off.reply->code(), 450);
    EXPECT_EQ(decide(rule("sender_domain = \"unusable\"", "do = \"reject\"\non_error = \"ignore\"")).verdict,
              Verdict::Pass);
    const auto undecided = told<RuleUndecided>();
    ASSERT_EQ(undecided.size(), 2U);
    EXPECT_EQ(undecided[0].on_error, "defer");
    EXPECT_EQ(undecided[1].on_error, "ignore");
}

TEST_F(RuleBookTest, what_is_certain_needs_no_answer_from_who_gives_none) {
    finder.answers[{Topic::SenderDomain, "a.example"}] = unknown("no answer");
    EXPECT_FALSE(refuses("sender_domain = \"unusable\", helo = \"nobody\""));
    EXPECT_TRUE(refuses("any = [{ sender_domain = \"unusable\" }, { tls = false }]"));
    finder.answers[{Topic::DnsList, "bl.example 192.0.2.7"}] = {};
    EXPECT_FALSE(refuses("sender_domain = \"unusable\", dnslist = \"bl.example\""));
}

TEST_F(RuleBookTest, a_negated_unknown_is_unknown) {
    finder.answers[{Topic::ReverseDns, "192.0.2.7"}] = unknown("no answer");
    const auto ruling = decide(rule("not_reverse_dns = \"confirmed\""));
    EXPECT_EQ(ruling.reply->code(), 450);
    EXPECT_EQ(told<RuleUndecided>().size(), 1U);
}

TEST_F(RuleBookTest, nothing_about_the_null_sender_holds_negated_or_not) {
    inquest.known().sender = NullPath{};
    EXPECT_FALSE(refuses("sender_domain = \"unusable\""));
    EXPECT_FALSE(refuses("not_sender_domain = \"usable\""));
    EXPECT_FALSE(refuses("not_sender_callout = \"accepted\""));
    EXPECT_FALSE(refuses("sender_dnslist = \"dbl.example\""));
    EXPECT_THAT(finder.asked, IsEmpty());
}

TEST_F(RuleBookTest, a_clients_name_is_asked_for_where_it_matters) {
    finder.answers[{Topic::ReverseDns, "192.0.2.7"}] = {{"confirmed"}, 0, "ppp7.dialup.example", {}};
    EXPECT_TRUE(refuses("client = \"*.dialup.example\"", RuleStage::Connect));
    EXPECT_FALSE(refuses("client = \"*.mail.example\"", RuleStage::Connect));
    EXPECT_TRUE(refuses("client = [\"192.0.2.7\", \"*.mail.example\"]", RuleStage::Connect));
    EXPECT_EQ(finder.asked.size(), 1U);
    finder.answers[{Topic::ReverseDnsList, "dbl.example ppp7.dialup.example"}] = {{"dbl.example"}, 1, "", {}};
    EXPECT_TRUE(refuses("reverse_dnslist = \"dbl.example\"", RuleStage::Connect));
}

TEST_F(RuleBookTest, tables_are_asked_and_their_silence_is_no_answer) {
    const std::string table = "[[table]]\nname = \"bad\"\nkind = \"file\"\npath = \"/x\"\n";
    finder.answers[{Topic::TableEntry, "bad @a.example"}] = {{"there"}, 0, "", {}};
    EXPECT_EQ(decide(table + rule("sender = \"table:bad\"")).verdict, Verdict::Refuse);
    inquest.start_transaction();
    finder.answers[{Topic::TableEntry, "bad @a.example"}] = unknown("the table is away");
    EXPECT_EQ(decide(table + rule("sender = \"table:bad\"")).reply->code(), 450);
    EXPECT_EQ(told<RuleUndecided>().size(), 1U);
}

TEST_F(RuleBookTest, refusals_fit_their_stage) {
    EXPECT_EQ(decide(rule("tls = false", "do = \"reject\"", "connect"), RuleStage::Connect).reply->code(),
              554);
    EXPECT_EQ(decide(rule("tls = false", "do = \"defer\"", "connect"), RuleStage::Connect).reply->code(),
              421);
    EXPECT_EQ(decide(rule("tls = false", "do = \"reject\"", "mail"), RuleStage::Mail).reply->code(), 550);
    const ContentFacts content;
    inquest.show(&content);
    EXPECT_EQ(decide(rule("tls = false", "do = \"defer\"", "data"), RuleStage::Data).reply->code(), 451);
}

TEST_F(RuleBookTest, looks_into_the_message) {
    ContentFacts content;
    content.size = 5000;
    content.header = "Subject: An\r\n OFFER for you\r\nX-Mailer: x\r\n";
    content.attachments = {{"application/zip", {"a.zip"}}, {"text/plain", {"note.txt", "note.exe"}}};
    content.findings = {"missing-date", "odd"};
    content.noted = {"odd"};
    inquest.show(&content);
    EXPECT_TRUE(refuses("header = \"subject: *offer*\"", RuleStage::Data));
    EXPECT_TRUE(refuses("header = \"X-Mailer\"", RuleStage::Data));
    EXPECT_FALSE(refuses("header = [\"X-None\", \"Subject: offer\"]", RuleStage::Data));
    EXPECT_TRUE(refuses("attachment = \"*.exe\"", RuleStage::Data));
    EXPECT_TRUE(refuses("attachment = \"application/*\"", RuleStage::Data));
    EXPECT_FALSE(refuses("attachment = \"*.scr\"", RuleStage::Data));
    content.has_all_parts = false;
    EXPECT_EQ(
        decide(rule("attachment = \"*.scr\"", "do = \"reject\"", "data"), RuleStage::Data).reply->code(),
        451);
    EXPECT_FALSE(refuses("attachment = \"*.scr\", tls = true", RuleStage::Data));
    content.has_all_parts = true;
    EXPECT_FALSE(refuses("malformed = true", RuleStage::Data));
    EXPECT_TRUE(refuses("malformed = \"missing-date\"", RuleStage::Data));
    EXPECT_TRUE(refuses("malformed = \"noted\"", RuleStage::Data));
    EXPECT_TRUE(refuses("size = \">= 5000B\"", RuleStage::Data));
    content.uri_hosts = {"bad.example"};
    finder.answers[{Topic::UriDnsList, "dbl.example bad.example"}] = {{"dbl.example"}, 1, "", {}};
    EXPECT_TRUE(refuses("uri_dnslist = \"dbl.example\"", RuleStage::Data));
    content.uri_hosts.insert(content.uri_hosts.begin(), 50, "good.example");
    EXPECT_TRUE(refuses("uri_dnslist = \"dbl.example\"", RuleStage::Data)) << "behind all others";
}

TEST_F(RuleBookTest, reads_a_header_as_readers_show_it) {
    ContentFacts content;
    inquest.show(&content);
    for (const char* field : {"X-Flag: YES\r\n", "X-Flag:YES\r\n", "X-Flag:\r\n YES\r\n",
                              "X-Flag:  YES\t\r\n", "X-Flag: YES\r\n \r\n", "X-Flag: =?utf-8?q?Y=45S?=\r\n",
                              "X-Flag: =?utf-8?B?WQ==?=\r\n =?utf-8?B?RVM=?=\r\n"}) {
        content.header = field;
        EXPECT_TRUE(refuses("header = \"X-Flag: YES\"", RuleStage::Data)) << field;
    }
    content.header = "X-Flag: =?utf-8?q?Y?=\r\n";
    EXPECT_TRUE(refuses("header = \"X-Flag: =?utf-8?q?Y?=\"", RuleStage::Data)) << "as it stands, too";
    EXPECT_FALSE(refuses("header = \"X-Flag: YES\"", RuleStage::Data));
    content.has_all_header = false;
    const auto by_flag = rule("header = \"X-Flag: YES\"", "do = \"reject\"", "data");
    EXPECT_EQ(decide(by_flag, RuleStage::Data).reply->code(), 451);
}

TEST_F(RuleBookTest, says_in_texts_what_is_malformed) {
    ContentFacts content;
    inquest.show(&content);
    const auto text = [&] {
        const auto ruling =
            decide(rule("tls = false", "do = \"reject\"\ntext = \"{malformed}!\"", "data"), RuleStage::Data);
        return std::string(ruling.reply->text());
    };
    content.findings = {"missing-date", "odd", "bare-cr"};
    EXPECT_THAT(text(), testing::StartsWith("missing-date, odd, bare-cr!"));
    content.noted = {"odd"};
    EXPECT_THAT(text(), testing::StartsWith("odd!"));
    content.refused = {"bare-cr"};
    EXPECT_THAT(text(), testing::StartsWith("bare-cr!"));
}

TEST_F(RuleBookTest, holds_nothing_against_whom_there_is_nobody_to_ask_about) {
    finder.answers[{Topic::RecipientCallout, "bob@b.example"}] = {{"not-asked"}, 0, "", {}};
    finder.answers[{Topic::HeloDns, "client.example"}] = {{"not-asked"}, 0, "", {}};
    for (const char* condition : {"recipient_callout = \"accepted\"", "not_recipient_callout = \"accepted\"",
                                  "helo_dns = \"unusable\"", "not_helo_dns = [\"client\", \"other\"]"})
        EXPECT_FALSE(refuses(condition)) << condition;
}

TEST_F(RuleBookTest, does_not_take_hosts_that_it_has_not_seen_for_good_ones) {
    ContentFacts content;
    content.uri_hosts = {"good.example"};
    inquest.show(&content);
    const auto by_list = rule("uri_dnslist = \"dbl.example\"", "do = \"reject\"", "data");
    EXPECT_EQ(decide(by_list, RuleStage::Data).verdict, Verdict::Pass);
    content.has_all_hosts = false;
    EXPECT_EQ(decide(by_list, RuleStage::Data).reply->code(), 451);
}

TEST_F(RuleBookTest, does_not_take_what_rspamd_lets_pass_for_junk) {
    const ContentFacts content;
    inquest.show(&content);
    finder.answers[{Topic::Spam, ""}] = {{"no action"}, 1, "", {}};
    EXPECT_FALSE(refuses("spam = true", RuleStage::Data));
    EXPECT_TRUE(refuses("spam = false", RuleStage::Data));
}

TEST_F(RuleBookTest, knows_what_no_scanner_has_seen_from_what_is_clean_or_bad) {
    const ContentFacts content;
    inquest.show(&content);
    finder.answers[{Topic::Virus, ""}] = {{"unscanned"}, 0, "too big", {}};
    finder.answers[{Topic::Spam, ""}] = {{"unscanned"}, 0, "too big", {}};
    for (const char* condition : {"virus = \"unscanned\"", "spam_action = \"unscanned\""})
        EXPECT_TRUE(refuses(condition, RuleStage::Data)) << condition;
    for (const char* condition :
         {"virus = true", "virus = false", "virus = \"*\"", "not_virus = \"eicar\"",
          "not_virus = \"unscanned\"", "spam = true", "spam = false", "spam_score = \"< 5\"",
          "not_spam_score = \">= 5\"", "not_spam_action = \"reject\""})
        EXPECT_FALSE(refuses(condition, RuleStage::Data)) << condition;
}

TEST_F(RuleBookTest, asks_scanners_once_and_puts_their_words_into_texts) {
    const ContentFacts content;
    inquest.show(&content);
    finder.answers[{Topic::Virus, ""}] = {{"Eicar-Test"}, 0, "", {}};
    finder.answers[{Topic::Spam, ""}] = {{"spam", "add header"}, 12.25, "BAD_THING", {}};
    const auto ruling =
        decide(rule("spam_score = \">= 20\"", "do = \"reject\"", "data") +
                   rule("spam_action = \"reject\"", "do = \"reject\"", "data") +
                   rule("spam = true", "do = \"annotate\"\nheader = \"X-Score: {spam.score}\"", "data") +
                   rule("virus = \"eicar*\"", "do = \"reject\"\ntext = \"{virus.name}\"", "data"),
               RuleStage::Data);
    EXPECT_THAT(ruling.reply->text(), HasSubstr("Eicar-Test"));
    EXPECT_THAT(ruling.changes.all_edits(), ElementsAre(HeaderEdit::append("X-Score", "12.2")));
    EXPECT_EQ(finder.asked.size(), 2U);
}

TEST_F(RuleBookTest, annotates_tags_copies_and_delays) {
    const auto ruling = decide(
        rule("tls = false",
             "do = \"annotate\"\nheader = \"X-From: {client.address}\"\nreplace_header = \"X-Flag: YES\"\n"
             "remove_header = \"X-Old\"\nsubject_tag = \"[odd]\"") +
        rule("tls = false", "do = \"copy\"\nto = \"archive@b.example\"") +
        rule("tls = false", "do = \"delay\"\ndelay = \"10s\"") +
        rule("tls = false", "do = \"hold\"\ntext = \"by {helo}\"\nkeep = \"2d\""));
    EXPECT_THAT(ruling.changes.all_edits(),
                ElementsAre(HeaderEdit::remove_all("X-Old"), HeaderEdit::remove_all("X-Flag"),
                            HeaderEdit::append("X-Flag", "YES"), HeaderEdit::append("X-From", "192.0.2.7"),
                            HeaderEdit::tag_subject("[odd]")));
    EXPECT_THAT(ruling.changes.copies, ElementsAre(*Mailbox::parse("archive@b.example")));
    EXPECT_EQ(ruling.delay, std::chrono::seconds{10});
    EXPECT_EQ(ruling.verdict, Verdict::Hold);
    EXPECT_EQ(ruling.why, "by client.example");
    EXPECT_EQ(ruling.keep, std::chrono::hours{48});
}

TEST_F(RuleBookTest, follows_advisors) {
    const std::string asking =
        rule("tls = false", "name = \"advised\"\ndo = \"ask\"\nask = \"policy:127.0.0.1:10023\"");
    EXPECT_EQ(decide(asking).verdict, Verdict::Pass);
    finder.advice = Advice{Advice::Reject{Reply(554, Status{5, 7, 1}, "No")}, {}, {}, {}, {}, {}};
    EXPECT_EQ(decide(asking).reply->one_line(), "554 5.7.1 No (" + SessionId(7).text() + ")");
    finder.advice = Advice{
        Advice::DeferUnlessRejected{Reply(450, Status{4, 7, 1}, "Later")}, {{"X-G", "1"}}, {}, {}, {}, {}};
    EXPECT_EQ(decide(asking).reply->code(), 450);
    EXPECT_EQ(decide(asking + rule("tls = false")).reply->code(), 550);
    finder.advice = Advice{Advice::Accept{}, {{"X-G", "1"}}, {}, {}, {}, {}};
    const auto accepted = decide(asking + rule("tls = false"));
    EXPECT_EQ(accepted.verdict, Verdict::Pass);
    EXPECT_THAT(accepted.changes.all_edits(), ElementsAre(HeaderEdit::insert(0, "X-G", "1")));
    finder.advice = failure(std::string("it is away"));
    EXPECT_EQ(decide(asking).reply->code(), 450);
    EXPECT_EQ(told<LookedUp>().back().trouble, "it is away");
    EXPECT_EQ(told<RuleUndecided>().back().on_error, "defer");
    EXPECT_EQ(decide(asking + "on_error = \"ignore\"").verdict, Verdict::Pass);
    EXPECT_EQ(told<RuleUndecided>().back().on_error, "ignore");
}

TEST_F(RuleBookTest, an_advisors_note_says_why_a_message_is_kept_back) {
    const std::string asking = rule("tls = false", "do = \"ask\"\nask = \"policy:127.0.0.1:10023\"", "data");
    finder.advice = Advice{.decision = Advice::Hold{}, .notes = {"odd", "very"}};
    EXPECT_EQ(decide(asking, RuleStage::Data).why, "odd; very");
    ++inquest.known().transaction;
    finder.advice = Advice{.decision = Advice::Discard{}, .notes = {"odd"}};
    EXPECT_EQ(decide(asking, RuleStage::Data).why, "odd");
}

TEST_F(RuleBookTest, an_advisors_refusal_in_place_of_the_greeting_is_one_of_a_greeting) {
    const auto reply = [this](const Reply& advised) {
        finder.advice =
            advised.is_permanent() ? Advice{Advice::Reject{advised}} : Advice{Advice::Defer{advised}};
        const auto asking = rule("tls = false", "do = \"ask\"\nask = \"policy:127.0.0.1:10023\"", "connect");
        return decide(asking, RuleStage::Connect).reply->one_line();
    };
    const std::string record = " (" + SessionId(7).text() + ")";
    EXPECT_EQ(reply(Reply(550, Status{5, 7, 1}, "No")), "554 5.7.1 No" + record);
    EXPECT_EQ(reply(Reply(521, Status{5, 3, 2}, "No")), "521 5.3.2 No" + record);
    EXPECT_EQ(reply(Reply(450, Status{4, 7, 1}, "Later")), "421 4.7.1 Later" + record);
}

TEST_F(RuleBookTest, nothing_about_what_the_client_has_not_holds_negated_or_not) {
    EXPECT_FALSE(refuses("not_account = \"ann\""));
    EXPECT_FALSE(decide("[auth]\ncountries = \"/x\"\n" + rule("not_country = \"IT\"")).reply);
    inquest.known().account = "bob";
    inquest.known().country = "FR";
    EXPECT_TRUE(refuses("not_account = \"ann\""));
    EXPECT_TRUE(decide("[auth]\ncountries = \"/x\"\n" + rule("not_country = \"IT\"")).reply);
    EXPECT_TRUE(decide("[auth]\ncountries = \"/x\"\n" + rule("country = \"fr\"")).reply);
    inquest.known().client = {};
    EXPECT_FALSE(refuses("unknown_recipients = \"< 3\""));
    EXPECT_FALSE(refuses("not_unknown_recipients = \">= 3\""));
    EXPECT_FALSE(refuses("not_greylisted = true"));
    EXPECT_THAT(finder.asked, IsEmpty());
}

TEST_F(RuleBookTest, the_clients_name_stands_in_texts_once_it_is_found) {
    finder.answers[{Topic::ReverseDns, "192.0.2.7"}] = {{"confirmed"}, 0, "ppp7.dialup.example", {}};
    const auto text = [this](std::string_view condition) {
        return decide(rule(condition, "do = \"reject\"\ntext = \"{client.name}\"")).reply->text();
    };
    EXPECT_THAT(text("tls = false"), StartsWith("unknown ("));
    EXPECT_THAT(text("client = \"*.dialup.example\""), StartsWith("ppp7.dialup.example ("));
    EXPECT_THAT(text("not_reverse_dns = \"none\""), StartsWith("ppp7.dialup.example ("));
    finder.answers[{Topic::ReverseDnsList, "dbl.example ppp7.dialup.example"}] = {{"dbl.example"}, 1, "", {}};
    EXPECT_THAT(text("reverse_dnslist = \"dbl.example\""), StartsWith("ppp7.dialup.example ("));
}

TEST_F(RuleBookTest, tags_are_the_same_in_any_case) {
    inquest.known().tags = decide(rule("tls = false", "do = \"tag\"\ntag = \"Dial-Up\"")).changes.tags;
    EXPECT_THAT(inquest.known().tags, ElementsAre("dial-up"));
    EXPECT_TRUE(refuses("tagged = \"DIAL-UP\""));
}

TEST_F(RuleBookTest, knows_whether_recipients_may_fare_differently) {
    const auto tells_apart = [&](std::string_view rules) {
        settings = parse_settings(text(rules), {}).value();
        return RuleBook(settings).tells_recipients_apart();
    };
    EXPECT_FALSE(
        tells_apart(rule("recipient = \"a@b.example\"") + rule("virus = true", "do = \"reject\"", "data")));
    EXPECT_TRUE(tells_apart(rule("virus = true, recipient = \"a@b.example\"", "do = \"discard\"", "data")));
    EXPECT_TRUE(tells_apart(rule("rate = \"1/1h per recipient\"", "do = \"discard\"", "data")));
    EXPECT_FALSE(tells_apart(rule("rate = \"1/1h per sender\"", "do = \"discard\"", "data")));
}

}  // namespace
}  // namespace cursus
