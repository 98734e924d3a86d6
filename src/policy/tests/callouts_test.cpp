#include "policy/callouts.h"

#include <gmock/gmock.h>

#include "policy/tests/callout_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CalloutsTest : public CalloutWorld {};

TEST_F(CalloutsTest, a_known_mailbox_is_accepted_once_an_impossible_one_was_refused) {
    auto& mx = host(mx_address, mail_host({"ann@gaul.example"}));
    const auto answer = ask("ann@gaul.example");
    EXPECT_EQ(answer.verdict, CalloutVerdict::Accepted);
    EXPECT_EQ(answer.host, "mx1.gaul.example (203.0.113.5:25)");
    EXPECT_EQ(answer.reply->code(), 250);
    EXPECT_FALSE(answer.age);
    EXPECT_THAT(mx.lines, ElementsAre("EHLO mx.rome.example", "MAIL FROM:<>", "RCPT TO:<ann@gaul.example>",
                                      "RSET", "MAIL FROM:<>", StartsWith("RCPT TO:<"), "RSET", "QUIT"));
    EXPECT_NE(mx.lines[5], mx.lines[2]);
}

TEST_F(CalloutsTest, an_unknown_mailbox_is_refused_with_what_its_host_says) {
    auto& mx = host(mx_address, mail_host({}));
    const auto answer = ask("zoe@gaul.example");
    EXPECT_EQ(answer.verdict, CalloutVerdict::Refused);
    EXPECT_EQ(answer.reply->one_line(), "550 5.1.1 Nobody here: RCPT TO:<zoe@gaul.example>");
    EXPECT_EQ(mx.said("RCPT"), 1U);
    EXPECT_EQ(mx.said("DATA"), 0U);
}

TEST_F(CalloutsTest, a_host_that_takes_anything_shows_nothing_and_is_not_asked_about_others) {
    auto& mx = host(mx_address, mail_host({"*"}));
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::AcceptsAnything);
    sim.run_for(1h);
    const auto another = ask("bob@gaul.example");
    EXPECT_EQ(another.verdict, CalloutVerdict::AcceptsAnything);
    EXPECT_EQ(another.age, 1h);
    EXPECT_FALSE(another.reply) << "it was about ann";
    EXPECT_EQ(mx.visits, 1U);
}

TEST_F(CalloutsTest, a_host_that_is_known_to_tell_is_asked_about_the_address_alone) {
    auto& mx = host(mx_address, mail_host({"ann@gaul.example", "bob@gaul.example"}));
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(verdict("bob@gaul.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(mx.said("RCPT"), 3U);
}

TEST_F(CalloutsTest, what_is_no_refusal_of_the_address_is_unknown_and_asked_again) {
    const std::map<std::string, std::string> troubles[] = {
        {{"", "554 no mail here"}},
        {{"", "421 busy"}},
        {{"", "!"}},
        {{"EHLO", "550 who?"}},
        {{"EHLO", "!"}},
        {{"MAIL", "451 later"}},
        {{"MAIL", "530 5.7.0 STARTTLS"}},
        {{"MAIL", "!"}},
        {{"RCPT", "450 4.2.0 greylisted"}},
        {{"RCPT", "550 5.7.1 not you"}},
        {{"RCPT", "421 overload"}},
        {{"RCPT", "!"}},
        {{"RCPT", "554 denied"}},
        {{"RCPT", "rubbish"}},
        {{"RCPT", "354 go on"}},
    };
    for (const auto& trouble : troubles) {
        const std::string name = trouble.begin()->first + " " + trouble.begin()->second;
        auto& mx = host(mx_address, mail_host({"*"}, trouble));
        const auto answer = ask("ann@gaul.example");
        EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown) << name;
        EXPECT_NE(answer.why, "") << name;
        sim.run_for(3min);
        ask("ann@gaul.example");
        EXPECT_EQ(mx.visits, 2U) << name;
        sim.run_for(3min);
    }
}

TEST_F(CalloutsTest, a_host_that_refuses_reports_cannot_be_asked_about_anybody) {
    auto& mx = host(mx_address, mail_host({"*"}, {{"MAIL", "550 5.1.0 no bounces"}}));
    const auto answer = ask("ann@gaul.example");
    EXPECT_EQ(answer.verdict, CalloutVerdict::RefusesNullSender);
    EXPECT_EQ(answer.reply->code(), 550);
    EXPECT_THAT(answer.why, HasSubstr("null sender"));
    EXPECT_EQ(verdict("bob@gaul.example"), CalloutVerdict::RefusesNullSender);
    EXPECT_EQ(mx.visits, 1U);
}

TEST_F(CalloutsTest, an_unreachable_host_is_left_alone_for_a_while) {
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Unknown);
    auto& mx = host(mx_address, mail_host({"ann@gaul.example"}));
    const auto soon = ask("bob@gaul.example");
    EXPECT_EQ(soon.verdict, CalloutVerdict::Unknown);
    EXPECT_TRUE(soon.age);
    EXPECT_EQ(mx.visits, 0U);
    sim.run_for(callout_unreachable_kept);
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Accepted);
}

TEST_F(CalloutsTest, a_domain_without_a_host_to_ask_is_unknown_whatever_dns_says) {
    sim.dns().null_mx("null.example");
    sim.dns().mx("mute.example", {{10, "mx.mute.example"}});
    sim.dns().fault("mute.example", DnsStatus::Failed);
    sim.dns().fault("false.example", DnsStatus::Bogus);
    for (const char* address : {"a@absent.example", "a@null.example", "a@mute.example", "a@false.example"}) {
        const auto answer = ask(address);
        EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown) << address;
        EXPECT_NE(answer.why, "") << address;
    }
}

TEST_F(CalloutsTest, answers_are_kept_as_long_as_each_kind_may_be) {
    auto& mx = host(mx_address, mail_host({"ann@gaul.example"}));
    ask("ann@gaul.example");
    ask("zoe@gaul.example");
    EXPECT_EQ(mx.visits, 2U);
    sim.run_for(settings.callout.negative - 1min);
    EXPECT_EQ(verdict("zoe@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(mx.visits, 2U);
    sim.run_for(1min);
    mx.answer = mail_host({"zoe@gaul.example"});
    EXPECT_EQ(verdict("zoe@gaul.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(mx.visits, 3U);
    sim.run_for(settings.callout.positive - settings.callout.negative - 1min);
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(mx.visits, 3U);
    sim.run_for(2min);
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(mx.visits, 4U);
}

TEST_F(CalloutsTest, each_local_part_is_itself_and_a_domain_is_one_in_any_case) {
    auto& mx = host(mx_address, mail_host({"Ann@gaul.example", "\"ann \"@gaul.example"}));
    EXPECT_EQ(verdict("Ann@gaul.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(verdict("\"ann \"@gaul.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(mx.visits, 3U);
    EXPECT_EQ(verdict("Ann@GAUL.example"), CalloutVerdict::Accepted);
    EXPECT_EQ(verdict("\"ann\"@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(mx.visits, 3U);
}

TEST_F(CalloutsTest, no_more_is_remembered_than_was_configured) {
    settings.callout.entries = 2;
    auto& mx = host(mx_address, mail_host({}));
    for (const char* address : {"a@gaul.example", "b@gaul.example", "c@gaul.example"}) ask(address);
    ask("c@gaul.example");
    ask("b@gaul.example");
    EXPECT_EQ(mx.visits, 3U);
    ask("a@gaul.example");
    EXPECT_EQ(mx.visits, 4U);
}

TEST_F(CalloutsTest, peeking_never_asks) {
    auto& mx = host(mx_address, mail_host({}));
    const auto zoe = *Mailbox::parse("zoe@gaul.example");
    EXPECT_FALSE(callouts().peek(targets(), zoe, CalloutSubject::Sender, sim.now()));
    ask("zoe@gaul.example");
    const auto known = callouts().peek(targets(), zoe, CalloutSubject::Sender, sim.now());
    ASSERT_TRUE(known);
    EXPECT_EQ(known->verdict, CalloutVerdict::Refused);
    EXPECT_EQ(mx.visits, 1U);
}

TEST_F(CalloutsTest, a_reload_keeps_what_is_known_and_counts_at_once) {
    auto& mx = host(mx_address, mail_host({}));
    ask("a@gaul.example");
    settings.callout.per_target_per_minute = 0;
    reload();
    EXPECT_EQ(verdict("a@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(verdict("b@gaul.example"), CalloutVerdict::Unknown);
    settings.callout = {};
    settings.callout.entries = 10;
    reload();
    EXPECT_EQ(verdict("b@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(verdict("a@gaul.example"), CalloutVerdict::Refused);
    EXPECT_EQ(mx.visits, 3U);
}

TEST_F(CalloutsTest, a_host_is_not_asked_more_often_than_it_may_be) {
    settings.callout.per_target_per_minute = 3;
    settings.callout.per_minute = 5;
    domain("iberia.example", {"203.0.113.6"});
    auto& mx = host(mx_address, mail_host({}));
    auto& other = host("203.0.113.6", mail_host({}));
    for (int i = 0; i < 10; ++i) {
        const auto answer = ask("a" + std::to_string(i) + "@gaul.example");
        EXPECT_EQ(answer.verdict, i < 3 ? CalloutVerdict::Refused : CalloutVerdict::Unknown);
        if (i >= 3) EXPECT_THAT(answer.why, StartsWith("Too many callouts"));
    }
    EXPECT_EQ(mx.visits, 3U);
    for (int i = 0; i < 10; ++i) ask("a" + std::to_string(i) + "@iberia.example");
    EXPECT_EQ(other.visits, 2U) << "5 in all";
    sim.run_for(1min);
    EXPECT_EQ(verdict("a9@gaul.example"), CalloutVerdict::Refused);
}

TEST_F(CalloutsTest, tells_no_local_part_of_one_sender_in_the_answer_for_another) {
    auto& mx = host(mx_address, mail_host({"ann@gaul.example"}));
    ask("zoe@gaul.example");
    ask("ann@gaul.example");
    EXPECT_THAT(ask("ann@gaul.example").reply->text(), Not(HasSubstr("zoe")));
    mx.answer = mail_host({"*"});
    EXPECT_EQ(verdict("zoe@gaul.example"), CalloutVerdict::Refused) << "what was heard of it stays";
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Accepted);
}

TEST_F(CalloutsTest, a_domain_that_leaves_no_room_for_a_name_nobody_has_is_asked_about_the_address_alone) {
    std::string labels;
    for (int i = 0; i < 4; ++i) labels += std::string(58, 'a') + '.';
    const std::string long_name = labels + "example";  // 243 octets, of 254 that an address may have
    sim.dns().mx(long_name, {{10, "mx1.gaul.example"}});
    auto& mx = host(mx_address, mail_host({"ann@" + long_name}));
    EXPECT_EQ(verdict("ann@" + long_name), CalloutVerdict::Accepted);
    EXPECT_EQ(verdict("zoe@" + long_name), CalloutVerdict::Refused);
    EXPECT_EQ(mx.said("RCPT"), 2U);
}

TEST_F(CalloutsTest, an_address_that_needs_smtputf8_is_not_refused_by_a_host_without_it) {
    auto& mx = host(mx_address, mail_host({}));
    const auto answer = ask("j\xC3\xBCrgen@gaul.example");
    EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown);
    EXPECT_THAT(answer.why, HasSubstr("SMTPUTF8"));
    EXPECT_EQ(mx.said("RCPT"), 0U);
    mx.answer = mail_host({}, {{"EHLO", "250-mx\r\n250 SMTPUTF8"}});
    EXPECT_EQ(verdict("j\xC3\xBCrgen@gaul.example"), CalloutVerdict::Refused);
}

}  // namespace
}  // namespace cursus
