#include "policy/told_advice.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

const Reply for_good{550, Status{5, 7, 1}, "Go away: not here"};
const Reply for_now{450, Status{4, 7, 1}, "Come again"};

TEST(ToldAdvice, is_what_was_advised) {
    const std::vector<Advice::Decision> decisions{
        Advice::NoOpinion{},      Advice::Accept{},
        Advice::Reject{for_good}, Advice::Defer{for_now},
        Advice::Discard{},        Advice::DeferUnlessRejected{for_now},
        Advice::Hold{},           Advice::DeferIfRejected{for_now}};
    for (const auto& decision : decisions) {
        const Advice advice{.decision = decision};
        const auto told = advice_of(words_of(advice));
        ASSERT_TRUE(told) << told.error();
        EXPECT_EQ(*told, advice) << name(decision);
    }
}

TEST(ToldAdvice, keeps_all_that_came_with_it) {
    const Advice advice{.decision = Advice::NoOpinion{},
                        .fields = {{"X-Greylist", "delayed 12: seconds"}},
                        .copies = {Mailbox::parse("copy@rome.example").value()},
                        .redirect = Mailbox::parse("other@rome.example").value(),
                        .tags = {"seen", "by: us"}};
    const auto told = advice_of(words_of(advice));
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(*told, advice);
}

TEST(ToldAdvice, is_not_made_up_where_the_record_lacks_it) {
    EXPECT_FALSE(advice_of({}));
    EXPECT_FALSE(advice_of({"reject"}));
    EXPECT_FALSE(advice_of({"reject", "reply: no"}));
    EXPECT_FALSE(advice_of({"something else"}));
}

TEST(ToldAdvice, names_who_was_asked_about_what) {
    const auto advisor = parse_advisor_address("policy:127.0.0.1:10023").value();
    EXPECT_EQ(advice_subject(advisor, RuleStage::Mail, {}), "policy:127.0.0.1:10023 mail");
    EXPECT_EQ(advice_subject(advisor, RuleStage::Rcpt, Mailbox::parse("ann@rome.example").value()),
              "policy:127.0.0.1:10023 rcpt ann@rome.example");
}

}  // namespace
}  // namespace cursus
