// Rules at work in whole sessions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/session_rules.h"
#include "receive/tests/session_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SessionPolicyTest : public testing::Test, protected SessionWorld {
protected:
    void rules(std::string_view text) { settings.rules = parsed_rules(text); }
    const std::string& say(const std::string& octets) {
        written.clear();
        run(std::vector<ClientStep>{{ClientAct::Sends, octets, {}}});
        return written;
    }
    static std::string transaction(const std::vector<std::string>& recipients, std::string_view body,
                                   std::string_view greeting = "EHLO client.example") {
        std::string octets = std::string(greeting) + "\r\nMAIL FROM:<ann@a.example>\r\n";
        for (const auto& recipient : recipients) octets += "RCPT TO:<" + recipient + "@ancient-rome.net>\r\n";
        return octets + "DATA\r\n" + std::string(body) + "\r\n.\r\nQUIT\r\n";
    }
    std::vector<std::string> kept_for() const {
        std::vector<std::string> addresses;
        for (const auto& message : queue.kept)
            for (const auto& recipient : message.recipients)
                addresses.push_back(recipient.address.local_part());
        return addresses;
    }
};

TEST_F(SessionPolicyTest, a_refused_client_hears_554_and_nothing_else) {
    rules(rule("connect", "client = \"198.51.100.0/24\"", "do = \"reject\"\ntext = \"Not you\""));
    EXPECT_THAT(say("EHLO a.example\r\n"), testing::StartsWith("554 5.7.1 Not you ("));
    EXPECT_THAT(written, Not(HasSubstr("220")));
    EXPECT_EQ(events.of<ConnectionRefused>().size(), 1U);
}

TEST_F(SessionPolicyTest, a_refused_hello_leaves_the_session_where_it_was) {
    rules(rule("helo", "helo = \"bad.*\"", "do = \"reject\""));
    const auto replies =
        say("EHLO bad.example\r\nMAIL FROM:<a@b.example>\r\nEHLO good.example\r\nMAIL "
            "FROM:<a@b.example>\r\nQUIT\r\n");
    EXPECT_THAT(replies, HasSubstr("550 5.7.1 Refused by local policy"));
    EXPECT_THAT(replies, HasSubstr("503 5.5.1"));
    EXPECT_THAT(replies, HasSubstr("250 2.1.0 OK"));
}

TEST_F(SessionPolicyTest, a_refusal_at_data_counts_only_if_it_holds_for_all) {
    rules(rule("data", "recipient = \"ann@\", header = \"X-Bad\"", "do = \"reject\""));
    say(transaction({"ann", "bob"}, "X-Bad: 1\r\n\r\ntext"));
    EXPECT_THAT(kept_for(), ElementsAre("ann", "bob"));
    queue.kept.clear();
    EXPECT_THAT(say(transaction({"ann"}, "X-Bad: 1\r\n\r\ntext")), HasSubstr("550 5.7.1 Refused"));
    EXPECT_TRUE(queue.kept.empty());
}

TEST_F(SessionPolicyTest, a_rule_at_data_still_knows_the_sender) {
    rules(rule("data", "sender = \"ann@a.example\"", "do = \"reject\"\ntext = \"Not from {sender}\""));
    EXPECT_THAT(say(transaction({"bob"}, "Subject: x\r\n\r\ntext")),
                HasSubstr("550 5.7.1 Not from <ann@a.example>"));
    EXPECT_TRUE(queue.kept.empty());
}

TEST_F(SessionPolicyTest, a_greeting_that_is_refused_amid_a_transaction_hides_nothing_of_it) {
    rules(rule("helo", "helo = \"localhost\"", "do = \"reject\"") +
          rule("rcpt", "tls = false", "do = \"tag\"\ntag = \"clear\"") +
          rule("data", "sender = \"ann@a.example\", tagged = \"clear\", helo = \"client.example\"",
               "do = \"reject\""));
    say("EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\nEHLO "
        "localhost\r\nDATA\r\n"
        "Subject: x\r\n\r\ntext\r\n.\r\nQUIT\r\n");
    EXPECT_TRUE(queue.kept.empty());
    EXPECT_EQ(events.of<DataRefused>().size(), 1U);
}

TEST_F(SessionPolicyTest, discard_and_hold_settle_recipients_one_by_one) {
    rules(rule("data", "recipient = \"ann@\"", "do = \"discard\"") +
          rule("data", "recipient = \"bob@\"", "do = \"hold\"\ntext = \"why not\"\nkeep = \"1h\""));
    EXPECT_THAT(say(transaction({"ann", "bob", "eve"}, "Subject: x\r\n\r\ntext")), HasSubstr("250 2.0.0"));
    ASSERT_THAT(kept_for(), ElementsAre("bob", "eve"));
    const auto& recipients = queue.kept.front().recipients;
    ASSERT_TRUE(recipients[0].hold);
    EXPECT_EQ(recipients[0].hold->why, "why not");
    EXPECT_FALSE(recipients[1].hold);
    const auto discarded = events.of<Discarded>();
    ASSERT_EQ(discarded.size(), 1U);
    EXPECT_THAT(discarded[0].recipients, ElementsAre("ann@ancient-rome.net"));
}

TEST_F(SessionPolicyTest, what_is_thrown_away_for_all_is_not_kept_and_answered_as_if_it_were) {
    rules(rule("mail", "sender = \"ann@a.example\"", "do = \"discard\""));
    EXPECT_THAT(say(transaction({"bob"}, "Subject: x\r\n\r\ntext")), HasSubstr("250 2.0.0"));
    EXPECT_TRUE(queue.kept.empty());
    EXPECT_EQ(queue.open, 0U);
}

TEST_F(SessionPolicyTest, in_lmtp_each_recipient_has_its_own_reply) {
    listener.service = Service::Lmtp;
    rules(rule("data", "recipient = \"ann@\"", "do = \"reject\"\ntext = \"Not ann\""));
    const auto replies = say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext", "LHLO client.example"));
    EXPECT_THAT(replies, HasSubstr("550 5.7.1 Not ann"));
    EXPECT_THAT(replies.substr(replies.find("Not ann")), HasSubstr("250 2.0.0"));
    EXPECT_THAT(kept_for(), ElementsAre("bob"));
}

TEST_F(SessionPolicyTest, annotations_stand_in_the_message_once_however_many_recipients_there_are) {
    rules(rule("rcpt", "tls = false",
               "do = \"annotate\"\nheader = \"X-Clear: {client.address}\"\nremove_header = \"X-Old\""));
    say(transaction({"ann", "bob"}, "X-Old: 1\r\nSubject: x\r\n\r\nX-Old: body"));
    ASSERT_EQ(queue.kept.size(), 1U);
    const std::string& text = queue.kept.front().text;
    EXPECT_THAT(text, testing::StartsWith("Received: "));
    EXPECT_THAT(text, testing::EndsWith("Subject: x\r\nX-Clear: 198.51.100.7\r\n\r\nX-Old: body\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("X-Old: 1")));
}

TEST_F(SessionPolicyTest, what_nobody_can_tell_is_put_off_and_told) {
    rules(rule("mail", "sender_domain = \"unusable\"", "do = \"reject\""));
    EXPECT_THAT(say("EHLO a.example\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n"), HasSubstr("450 4.7.1"));
    EXPECT_EQ(events.of<RuleUndecided>().size(), 1U);
}

TEST_F(SessionPolicyTest, a_message_has_to_come_again_when_nobody_can_tell_for_one_of_its_recipients) {
    rules(rule("data", "recipient = \"ann@\"", "do = \"accept\"") +
          rule("data", "sender_domain = \"unusable\"", "do = \"reject\""));
    EXPECT_THAT(say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext")), HasSubstr("\r\n451 4.7.1 "));
    EXPECT_THAT(kept_for(), IsEmpty());
    EXPECT_THAT(say(transaction({"ann"}, "Subject: x\r\n\r\ntext")), HasSubstr("\r\n250 2.0.0 "));
}

TEST_F(SessionPolicyTest, a_refusal_that_does_not_count_is_told) {
    rules(rule("data", "recipient = \"ann@\"", "do = \"reject\""));
    say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext"));
    ASSERT_EQ(events.of<Overruled>().size(), 1U);
    EXPECT_EQ(events.of<Overruled>().front().recipient, "ann@ancient-rome.net");
    say(transaction({"ann"}, "Subject: x\r\n\r\ntext"));
    EXPECT_EQ(events.of<Overruled>().size(), 1U);
}

TEST_F(SessionPolicyTest, whoever_is_refused_in_any_case_waits_where_a_rule_delays) {
    const std::string guesses =
        "EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\n"
        "RCPT TO:<bob@elsewhere.example>\r\nRCPT TO:<cid@elsewhere.example>\r\nQUIT\r\n";
    rules(rule("rcpt", "tls = false", "do = \"delay\"\ndelay = \"10s\"") +
          rule("rcpt", "tls = false", "do = \"reject\""));
    Instant began = sim.now();
    EXPECT_THAT(say(guesses), HasSubstr("550 5.7.1 "));
    EXPECT_EQ(sim.now() - began, std::chrono::seconds{20});
    EXPECT_EQ(events.of<RuleMatched>().size(), 2U) << "the one that delays, twice";
    rules(rule("rcpt", "recipient = \"bob@\"", "do = \"accept\"") +
          rule("rcpt", "tls = false", "do = \"delay\"\ndelay = \"10s\""));
    began = sim.now();
    say(guesses);
    EXPECT_EQ(sim.now() - began, std::chrono::seconds{10});
}

TEST_F(SessionPolicyTest, refusals_by_rule_are_no_bad_commands) {
    rules(rule("mail", "sender = \"ann@\"", "do = \"defer\""));
    std::string octets = "EHLO client.example\r\n";
    for (std::uint32_t i = 0; i <= settings.limits.bad_commands; ++i)
        octets += "MAIL FROM:<ann@a.example>\r\n";
    EXPECT_THAT(say(octets + "MAIL FROM:<bob@a.example>\r\nQUIT\r\n"), HasSubstr("\r\n250 2.1.0 OK\r\n"));
}

TEST_F(SessionPolicyTest, talk_while_the_greeting_is_delayed_ends_the_session) {
    rules(rule("connect", "tls = false", "do = \"delay\"\ndelay = \"5s\""));
    EXPECT_THAT(say("EHLO early.example\r\n"), testing::StartsWith("554 5.5.0"));
    EXPECT_THAT(written, Not(HasSubstr("220")));
}

TEST_F(SessionPolicyTest, who_waits_for_a_delayed_greeting_is_served) {
    rules(rule("connect", "tls = false", "do = \"delay\"\ndelay = \"5s\""));
    written.clear();
    run(std::vector<ClientStep>{{ClientAct::IsSilent, {}, {}}, {ClientAct::Sends, "QUIT\r\n", {}}});
    EXPECT_THAT(written, testing::StartsWith("220"));
    EXPECT_THAT(written, HasSubstr("221"));
}

TEST_F(SessionPolicyTest, tags_of_one_stage_are_seen_by_the_next_and_kept) {
    rules(rule("connect", "tls = false", "do = \"tag\"\ntag = \"clear\"") +
          rule("mail", "tagged = \"clear\"", "do = \"tag\"\ntag = \"seen\""));
    say(transaction({"bob"}, "Subject: x\r\n\r\ntext"));
    ASSERT_EQ(queue.kept.size(), 1U);
    EXPECT_THAT(queue.kept.front().envelope.tags, ElementsAre("clear", "seen"));
}

TEST_F(SessionPolicyTest, a_tag_for_one_recipient_says_nothing_of_the_others) {
    rules(rule("rcpt", "recipient = \"ann@\"", "do = \"tag\"\ntag = \"vip\"") +
          rule("rcpt", "tagged = \"vip\"", "do = \"accept\"") +
          rule("rcpt", "recipient = \"cid@\"", "do = \"reject\"") +
          rule("data", "tagged = \"vip\"", "do = \"hold\""));
    say(transaction({"bob", "ann", "cid"}, "Subject: x\r\n\r\ntext"));
    ASSERT_THAT(kept_for(), ElementsAre("bob", "ann")) << written;
    EXPECT_FALSE(queue.kept.front().recipients[0].hold);
    EXPECT_TRUE(queue.kept.front().recipients[1].hold);
    EXPECT_THAT(queue.kept.front().envelope.tags, ElementsAre("vip"));
}

TEST_F(SessionPolicyTest, nothing_of_a_refused_transaction_stays_for_the_next) {
    rules(rule("rcpt", "recipient = \"ann@\"", "do = \"hold\"") +
          rule("data", "header = \"X-Bad\"", "do = \"reject\""));
    const std::string second =
        "MAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\nDATA\r\nSubject: "
        "x\r\n\r\ntext\r\n.\r\nQUIT\r\n";
    std::string both = transaction({"ann"}, "X-Bad: 1\r\n\r\ntext");
    both.resize(both.size() - 6);
    say(both + second);
    ASSERT_THAT(kept_for(), ElementsAre("bob"));
    EXPECT_FALSE(queue.kept.front().recipients.front().hold);
}

TEST_F(SessionPolicyTest, what_a_greeting_in_the_clear_led_to_is_forgotten_with_tls) {
    listener.tls = ListenerTls::StartTls;
    rules(rule("helo", "tls = false", "do = \"hold\""));
    run(std::vector<ClientStep>{{ClientAct::Sends, "EHLO client.example\r\nSTARTTLS\r\n", {}},
                                {ClientAct::StartsTls, {}, {}},
                                {ClientAct::Sends, transaction({"ann"}, "Subject: x\r\n\r\ntext"), {}}});
    ASSERT_EQ(queue.kept.size(), 1U);
    EXPECT_FALSE(queue.kept.front().recipients.front().hold);
    queue.kept.clear();
    say(transaction({"ann"}, "Subject: x\r\n\r\ntext"));
    ASSERT_EQ(queue.kept.size(), 1U);
    EXPECT_TRUE(queue.kept.front().recipients.front().hold);
}

TEST_F(SessionPolicyTest, a_greeting_that_is_refused_leaves_the_one_before_in_force) {
    rules(rule("helo", "helo = \"good.*\"", "do = \"hold\"") +
          rule("helo", "helo = \"bad.*\"", "do = \"reject\""));
    std::string octets =
        transaction({"ann"}, "Subject: x\r\n\r\ntext", "EHLO good.example\r\nEHLO bad.example");
    say(octets);
    ASSERT_EQ(queue.kept.size(), 1U);
    EXPECT_TRUE(queue.kept.front().recipients.front().hold);
}

TEST_F(SessionPolicyTest, naming_a_recipient_again_undoes_no_hold) {
    rules(rule("rcpt", "not_tagged = \"seen\"", "do = \"hold\"") +
          rule("rcpt", "tls = false", "do = \"tag\"\ntag = \"seen\""));
    say(transaction({"ann", "ann"}, "Subject: x\r\n\r\ntext"));
    ASSERT_THAT(kept_for(), ElementsAre("ann"));
    EXPECT_TRUE(queue.kept.front().recipients.front().hold);
}

TEST_F(SessionPolicyTest, copies_of_what_is_held_for_all_are_held) {
    const std::string copy = rule("data", "tls = false", "do = \"copy\"\nto = \"eve@ancient-rome.net\"");
    rules(rule("rcpt", "recipient = \"ann@\"", "do = \"hold\"") + copy);
    say(transaction({"ann"}, "Subject: x\r\n\r\ntext"));
    ASSERT_THAT(kept_for(), ElementsAre("ann", "eve"));
    EXPECT_TRUE(queue.kept.back().recipients[1].hold);
    say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext"));
    EXPECT_FALSE(queue.kept.back().recipients[2].hold);
}

TEST_F(SessionPolicyTest, in_lmtp_each_hears_why_it_is_refused_also_when_all_are) {
    listener.service = Service::Lmtp;
    rules(rule("data", "recipient = \"ann@\"", "do = \"reject\"\ntext = \"Not ann\"") +
          rule("data", "recipient = \"bob@\"", "do = \"defer\"\ntext = \"Bob later\""));
    const auto replies = say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext", "LHLO client.example"));
    EXPECT_THAT(replies, testing::ContainsRegex("550 5.7.1 Not ann.*\r\n451 4.7.1 Bob later"));
    EXPECT_TRUE(queue.kept.empty());
    EXPECT_EQ(events.of<RecipientRefused>().size(), 2U);
    EXPECT_EQ(events.of<Disconnected>().back().accepted, 0U);
    ASSERT_EQ(events.of<DataRefused>().size(), 1U);
    EXPECT_THAT(events.of<DataRefused>()[0].recipients,
                ElementsAre("ann@ancient-rome.net", "bob@ancient-rome.net"));
}

TEST_F(SessionPolicyTest, a_client_that_goes_away_while_the_greeting_is_delayed_has_not_talked) {
    rules(rule("connect", "tls = false", "do = \"delay\"\ndelay = \"5s\""));
    written.clear();
    run(std::vector<ClientStep>{});
    EXPECT_EQ(written, "");
    EXPECT_TRUE(events.of<ConnectionRefused>().empty());
}

TEST_F(SessionPolicyTest, in_lmtp_nobody_gets_a_copy_of_what_is_refused_to_all) {
    listener.service = Service::Lmtp;
    rules(rule("data", "tls = false", "do = \"copy\"\nto = \"eve@ancient-rome.net\"") +
          rule("data", "tls = false", "do = \"reject\""));
    say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext", "LHLO client.example"));
    EXPECT_TRUE(queue.kept.empty());
}

TEST_F(SessionPolicyTest, in_lmtp_what_is_to_be_done_for_whom_is_refused_is_not_done) {
    listener.service = Service::Lmtp;
    rules(rule("data", "recipient = \"ann@\"", "do = \"copy\"\nto = \"eve@ancient-rome.net\"") +
          rule("data", "recipient = \"ann@\"", "do = \"defer\""));
    say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext", "LHLO client.example"));
    EXPECT_THAT(kept_for(), ElementsAre("bob"));
}

TEST_F(SessionPolicyTest, in_lmtp_nor_is_what_was_to_be_done_when_it_was_named) {
    listener.service = Service::Lmtp;
    rules(rule("rcpt", "recipient = \"ann@\"", "do = \"copy\"\nto = \"eve@ancient-rome.net\"") +
          rule("rcpt", "recipient = \"ann@\"", "do = \"annotate\"\nheader = \"X-For: ann\"") +
          rule("data", "recipient = \"ann@\"", "do = \"reject\""));
    say(transaction({"ann", "bob"}, "Subject: x\r\n\r\ntext", "LHLO client.example"));
    EXPECT_THAT(kept_for(), ElementsAre("bob"));
    EXPECT_THAT(queue.kept.at(0).text, Not(HasSubstr("X-For")));
}

TEST_F(SessionPolicyTest, a_message_goes_on_with_no_field_of_ours) {
    settings.malformed.mx = MalformedLevel::Off;
    EXPECT_THAT(say(transaction({"ann"}, " by evil.example\r\nSubject: x\r\n\r\ntext")),
                HasSubstr("\r\n554 5.6.0 The message begins with white space"));
    EXPECT_THAT(kept_for(), IsEmpty());
    EXPECT_THAT(say(transaction({"ann"}, "\r\n text")), HasSubstr("\r\n250 2.0.0 "));
}

TEST_F(SessionPolicyTest, the_form_of_a_clients_own_name_is_asked_for) {
    class Forms final : public Finder {
    public:
        Task<Found> find(Question question, Evidence&) override {
            co_return Found{{question.topic == Topic::HeloForm ? "unqualified" : "other"}};
        }
        Task<Found> count(Rate, std::string, std::string) override { co_return Found{}; }
        Task<Result<Advice, std::string>> advise(AdvisorAddress, RuleStage, std::optional<Mailbox>,
                                                 Evidence&) override {
            co_return failure(std::string("nobody"));
        }
    } forms;
    policy.finder = &forms;
    rules(rule("helo", "helo_form = \"unqualified\"", "do = \"reject\"\ntext = \"No name\""));
    EXPECT_THAT(say("EHLO laptop\r\n"), HasSubstr("550 5.7.1 No name"));
}

}  // namespace
}  // namespace cursus
