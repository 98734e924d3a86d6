#include "policy/callout_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

CalloutVerdict of_rcpt(int code, std::optional<Status> status = {}) {
    return callout_answer(Reply(code, status, {"text"})).verdict;
}

CalloutAnswer of_mail(int code, std::optional<Status> status = {}) {
    return callout_answer(DialogueFailure{SmtpStage::Mail, Reply(code, status, {"text"}), {}, "text"});
}

TEST(CalloutVerdict, a_mailbox_that_is_refused_for_good_is_refused) {
    for (const int code : {550, 551, 553, 556}) EXPECT_EQ(of_rcpt(code), CalloutVerdict::Refused) << code;
    for (const Status status : {Status{5, 1, 1}, Status{5, 1, 2}, Status{5, 1, 3}, Status{5, 1, 10},
                                Status{5, 2, 1}, Status{5, 0, 0}, Status{5, 4, 1}})
        EXPECT_EQ(of_rcpt(550, status), CalloutVerdict::Refused) << status.text();
    EXPECT_EQ(of_rcpt(554, Status{5, 1, 1}), CalloutVerdict::Refused);
    EXPECT_EQ(of_rcpt(501, Status{5, 1, 3}), CalloutVerdict::Refused);
}

TEST(CalloutVerdict, what_is_refused_for_our_sake_or_the_commands_is_unknown) {
    for (const int code : {500, 501, 502, 503, 504, 521, 530, 535, 552, 554, 555})
        EXPECT_EQ(of_rcpt(code), CalloutVerdict::Unknown) << code;
    for (const Status status : {Status{5, 7, 1}, Status{5, 7, 25}, Status{5, 2, 2}, Status{5, 3, 0},
                                Status{5, 5, 1}, Status{5, 1, 7}, Status{5, 1, 8}, Status{5, 6, 7}})
        EXPECT_EQ(of_rcpt(550, status), CalloutVerdict::Unknown) << status.text();
    EXPECT_EQ(of_rcpt(554, Status{5, 0, 0}), CalloutVerdict::Unknown);
    EXPECT_EQ(of_rcpt(530, Status{5, 7, 0}), CalloutVerdict::Unknown);
}

TEST(CalloutVerdict, only_a_positive_reply_accepts) {
    EXPECT_EQ(of_rcpt(250), CalloutVerdict::Accepted);
    EXPECT_EQ(of_rcpt(251), CalloutVerdict::Accepted);
    for (const int code : {354, 334, 421, 450, 451, 452})
        EXPECT_EQ(of_rcpt(code), CalloutVerdict::Unknown) << code;
    EXPECT_EQ(of_rcpt(450, Status{4, 1, 1}), CalloutVerdict::Unknown);
}

TEST(CalloutVerdict, a_refused_null_sender_is_its_own_verdict_unless_more_is_demanded_or_it_is_for_now) {
    EXPECT_EQ(of_mail(550).verdict, CalloutVerdict::RefusesNullSender);
    EXPECT_EQ(of_mail(501, Status{5, 1, 7}).verdict, CalloutVerdict::RefusesNullSender);
    EXPECT_TRUE(is_unknown(of_mail(550).verdict));
    EXPECT_EQ(of_mail(530, Status{5, 7, 0}).verdict, CalloutVerdict::Unknown);
    EXPECT_THAT(of_mail(530).why, testing::HasSubstr("TLS"));
    EXPECT_EQ(of_mail(451).verdict, CalloutVerdict::Unknown);
    EXPECT_EQ(of_mail(421).verdict, CalloutVerdict::Unknown);
}

TEST(CalloutVerdict, no_failure_of_a_dialogue_is_ever_a_refusal) {
    for (const SmtpStage stage : {SmtpStage::Connect, SmtpStage::Greeting, SmtpStage::Ehlo, SmtpStage::Mail,
                                  SmtpStage::Rcpt, SmtpStage::Quit}) {
        EXPECT_TRUE(
            is_unknown(callout_answer(DialogueFailure{stage, {}, StreamError::Reset, "lost"}).verdict));
        const Reply refusal(554, Status{5, 1, 1}, "go away");
        const auto said = callout_answer(DialogueFailure{stage, refusal, {}, "554 go away"});
        EXPECT_TRUE(is_unknown(said.verdict)) << describe(stage);
        EXPECT_EQ(said.reply, refusal);
    }
}

TEST(CalloutVerdict, of_a_long_reply_a_line_is_kept_that_ends_between_characters) {
    std::string text(callout_text_max - 1, 'a');
    text += "\xC3\xBC and more";
    const auto answer = callout_answer(Reply(550, std::nullopt, {text, "second"}));
    EXPECT_EQ(answer.reply->lines(), std::vector{std::string(callout_text_max - 1, 'a')});
}

}  // namespace
}  // namespace cursus
