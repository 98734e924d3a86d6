#include "adapters/recent_answers.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const DnsAnswer> answer_of(DnsStatus status, Duration ttl) {
    DnsAnswer answer;
    answer.status = status;
    answer.ttl = ttl;
    return std::make_shared<const DnsAnswer>(std::move(answer));
}

const RecentAnswers::Time begin_of_time{1h};

TEST(RecentAnswers, hold_as_long_as_they_may_and_say_how_long_that_is) {
    RecentAnswers answers;
    answers.keep("a.example", RecordType::Mx, answer_of(DnsStatus::NoData, 10s), begin_of_time);
    EXPECT_EQ(answers.find("a.example", RecordType::Mx, begin_of_time + 900ms)->ttl, 10s);
    EXPECT_EQ(answers.find("a.example", RecordType::Mx, begin_of_time + 9s)->ttl, 1s);
    EXPECT_EQ(answers.find("a.example", RecordType::Mx, begin_of_time + 9s)->status, DnsStatus::NoData);
    EXPECT_EQ(answers.find("a.example", RecordType::Mx, begin_of_time + 10s), nullptr);
}

TEST(RecentAnswers, are_none_that_are_large) {
    RecentAnswers answers;
    DnsAnswer large = *answer_of(DnsStatus::Found, 10s);
    large.records.assign(20, std::string(30, 'x'));
    const auto kept = [&](std::string name, DnsAnswer answer) {
        answers.keep(name, RecordType::Mx, std::make_shared<const DnsAnswer>(std::move(answer)),
                     begin_of_time);
        return answers.find(name, RecordType::Mx, begin_of_time) != nullptr;
    };
    EXPECT_FALSE(kept("large.example", large));
    large.records.resize(10);
    EXPECT_TRUE(kept("small.example", large));
}

TEST(RecentAnswers, are_of_one_name_and_one_type) {
    RecentAnswers answers;
    answers.keep("a.example", RecordType::A, answer_of(DnsStatus::NxDomain, 10s), begin_of_time);
    EXPECT_EQ(answers.find("a.example", RecordType::Aaaa, begin_of_time), nullptr);
    EXPECT_EQ(answers.find("b.example", RecordType::A, begin_of_time), nullptr);
    EXPECT_NE(answers.find("a.example", RecordType::A, begin_of_time), nullptr);
}

TEST(RecentAnswers, are_never_failures_nor_what_may_not_be_kept) {
    RecentAnswers answers;
    answers.keep("a.example", RecordType::A, answer_of(DnsStatus::Failed, 10s), begin_of_time);
    answers.keep("b.example", RecordType::A, answer_of(DnsStatus::Bogus, 10s), begin_of_time);
    answers.keep("c.example", RecordType::A, answer_of(DnsStatus::Found, 0s), begin_of_time);
    for (const char* name : {"a.example", "b.example", "c.example"})
        EXPECT_EQ(answers.find(name, RecordType::A, begin_of_time), nullptr) << name;
}

TEST(RecentAnswers, are_bounded) {
    RecentAnswers answers;
    for (std::size_t i = 0; i <= recent_answers_max; ++i)
        answers.keep(std::to_string(i), RecordType::A, answer_of(DnsStatus::Found, 10s), begin_of_time);
    EXPECT_EQ(answers.find("0", RecordType::A, begin_of_time), nullptr);
    EXPECT_NE(answers.find("1", RecordType::A, begin_of_time), nullptr);
}

}  // namespace
}  // namespace cursus
