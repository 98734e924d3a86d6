// Rules against sessions whose every lookup is scripted: which are asked, in what order, and what is decided.
#include "policy/rule_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "config/parse.h"
#include "policy/inquest.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Answers what it was told to, after as long as it was told to; all else is found to be nothing.
class ScriptedFinder : public Finder {
public:
    explicit ScriptedFinder(Clock& clock) : clock_(clock) {}
    std::map<Question, Found> answers;
    std::map<Topic, Duration> takes;
    std::vector<Question> asked;
    std::vector<std::string> counted;
    bool is_exceeded = false;
    Result<Advice, std::string> advice = Advice{};
    Instant last_answer{};

    Task<Found> find(Question question, Evidence&) override {
        asked.push_back(question);
        if (const auto wait = takes.find(question.topic); wait != takes.end())
            co_await clock_.sleep_for(wait->second);
        last_answer = clock_.now();
        const auto found = answers.find(question);
        co_return found == answers.end() ? Found{} : found->second;
    }
    Task<Found> count(Rate, std::string bucket, std::string key) override {
        counted.push_back(bucket + ' ' + key);
        co_return is_exceeded ? Found{{"exceeded"}} : Found{};
    }
    Task<Result<Advice, std::string>> advise(AdvisorAddress, RuleStage, std::optional<Mailbox>,
                                             Evidence&) override {
        co_return advice;
    }

private:
    Clock& clock_;
};

class RuleBookTest : public testing::Test {
protected:
    RuleBookTest() {
        inquest.known().session = SessionId(7);
        inquest.known().client = *Endpoint::parse("192.0.2.7:40000");
        inquest.known().helo = "client.example";
        inquest.known().sender = *Mailbox::parse("ann@a.example");
    }
    ~RuleBookTest() override { sim.run(inquest.join()); }

    static std::string text(std::string_view rules) {
        return "hostname = \"mx.b.example\"\n[policy]\ndefault_rules = false\n[scan]\nclamd = "
               "\"127.0.0.1:1\"\n"
               "rspamd = \"http://127.0.0.1:2\"\n" +
               std::string(rules);
    }
    Ruling decide(std::string_view rules, RuleStage stage = RuleStage::Rcpt,
                  std::string_view recipient = "bob@b.example") {
        auto parsed = parse_settings(text(rules), {});
        if (!parsed) {
            ADD_FAILURE() << describe_errors("rules", parsed.error());
            return {};
        }
        settings = *std::move(parsed);
        const RuleBook book(settings, tables);
        std::optional<Mailbox> to;
        if (stage >= RuleStage::Rcpt) to = *Mailbox::parse(recipient);
        return sim.run(book.decide(stage, inquest, to));
    }
    static std::string rule(std::string_view condition, std::string_view action = "do = \"reject\"",
                            std::string_view at = "rcpt") {
        return "[[rule]]\nat = \"" + std::string(at) + "\"\nif = { " + std::string(condition) + " }\n" +
               std::string(action) + "\n";
    }
    template <class Event>
    std::vector<Event> told() const {
        std::vector<Event> found;
        for (const auto& event : events)
            if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
        return found;
    }
    bool refuses(std::string_view condition, RuleStage stage = RuleStage::Rcpt) {
        return decide(rule(condition, "do = \"reject\"", name(stage)), stage).verdict == Verdict::Refuse;
    }

    SimWorld sim;
    Settings settings;
    Tables tables;
    const std::string hostname = "mx.b.example";
    std::vector<EventBody> events;
    ScriptedFinder finder{sim.clock()};
    Inquest inquest{{finder, sim.clock(), sim.reactor().executor(), hostname,
                     [this](EventBody event) { events.push_back(std::move(event)); }}};
};

TEST_F(RuleBookTest, without_rules_everything_passes) {
    EXPECT_EQ(decide("").verdict, Verdict::Pass);
    EXPECT_THAT(events, IsEmpty());
}

TEST_F(RuleBookTest, the_first_final_action_wins_and_others_go_on) {
    const auto ruling = decide(
        rule("tls = false", "do = \"tag\"\ntag = \"clear\"") + rule("tagged = \"clear\"", "do = \"accept\"") +
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
    inquest.known().country = "IT";
    EXPECT_THAT(finder.asked, IsEmpty());
}

TEST_F(RuleBookTest, groups_hold_as_they_say) {
    EXPECT_TRUE(refuses("any = [{ helo = \"nobody\" }, { helo = \"client.*\", tls = false }]"));
    EXPECT_FALSE(refuses("any = [{ helo = \"nobody\" }, { helo = \"client.*\", tls = true }]"));
    EXPECT_TRUE(refuses("not_any = [{ helo = \"nobody\" }, { tls = true }]"));
    EXPECT_FALSE(refuses("not_all = { tls = false, helo = \"client.*\" }"));
    EXPECT_TRUE(refuses("all = [{ tls = false }, { not_helo = \"nobody\" }]"));
}

TEST_F(RuleBookTest, a_list_is_asked_once_for_all_rules_and_brings_its_reason) {
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
    EXPECT_EQ(put_off.verdict, Verdict::Refuse);
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

TEST_F(RuleBookTest, scores_of_lists_add_up) {
    const std::string lists =
        "[[dnslist]]\nname = \"a\"\nzone = \"a.example\"\nscore = 2\n[[dnslist]]\nzone = "
        "\"b.example\"\nscore = 3\n"
        "[[dnslist]]\nzone = \"white.example\"\nscore = -4\n";
    finder.answers[{Topic::DnsList, "a.example 192.0.2.7"}] = {{"a"}, 2, "one", {}};
    finder.answers[{Topic::DnsList, "b.example 192.0.2.7"}] = {{"b.example"}, 3, "two", {}};
    EXPECT_EQ(decide(lists + rule("dnslist_score = \">= 5\"")).verdict, Verdict::Refuse);
    inquest.start_over();
    finder.answers[{Topic::DnsList, "white.example 192.0.2.7"}] = {{"white.example"}, -4, "known", {}};
    EXPECT_EQ(decide(lists + rule("dnslist_score = \">= 5\"")).verdict, Verdict::Pass);
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

TEST_F(RuleBookTest, rates_count_by_rule_and_key_each_time) {
    decide(rule("rate = \"10/1h per sender-domain\"", "name = \"many\"\ndo = \"defer\""));
    decide(rule("rate = \"10/1h per sender-domain\"", "name = \"many\"\ndo = \"defer\""));
    EXPECT_THAT(finder.counted, ElementsAre("many a.example", "many a.example"));
    finder.is_exceeded = true;
    EXPECT_EQ(decide(rule("rate = \"10/1h per client\"")).verdict, Verdict::Refuse);
    inquest.known().sender = NullPath{};
    EXPECT_EQ(decide(rule("rate = \"10/1h per sender\"")).verdict, Verdict::Pass);
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
    EXPECT_THAT(ruling.changes.edits, ElementsAre(HeaderEdit::append("X-Score", "12.2")));
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
    EXPECT_THAT(ruling.changes.edits,
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
    EXPECT_THAT(accepted.changes.edits, ElementsAre(HeaderEdit::insert(0, "X-G", "1")));
    finder.advice = failure(std::string("it is away"));
    EXPECT_EQ(decide(asking).reply->code(), 450);
    EXPECT_EQ(told<Trouble>().back().what, "it is away");
    EXPECT_EQ(decide(asking + "on_error = \"ignore\"").verdict, Verdict::Pass);
}

TEST_F(RuleBookTest, knows_whether_recipients_may_fare_differently) {
    const auto tells_apart = [&](std::string_view rules) {
        settings = parse_settings(text(rules), {}).value();
        return RuleBook(settings, tables).tells_recipients_apart();
    };
    EXPECT_FALSE(
        tells_apart(rule("recipient = \"a@b.example\"") + rule("virus = true", "do = \"reject\"", "data")));
    EXPECT_TRUE(tells_apart(rule("virus = true, recipient = \"a@b.example\"", "do = \"discard\"", "data")));
}

}  // namespace
}  // namespace cursus
