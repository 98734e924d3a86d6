#include "queue/lifetimes.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::chrono_literals;

Duration given_up(const std::vector<std::pair<std::string, Duration>>& domains, std::string_view address) {
    Settings settings;
    for (const auto& [pattern, duration] : domains)
        settings.domain_times.push_back({pattern, 1min, duration});
    return Lifetimes(settings).of(*Mailbox::parse(address)).give_up_after;
}

TEST(Lifetimes, of_the_nearest_name_count) {
    const std::vector<std::pair<std::string, Duration>> domains = {
        {"*.example", 1h}, {"a.example", 2h}, {"*.a.example", 3h}, {"*.c.b.example", 4h}};
    EXPECT_EQ(given_up(domains, "x@a.example"), 2h);
    EXPECT_EQ(given_up(domains, "x@b.a.example"), 3h);
    EXPECT_EQ(given_up(domains, "x@c.b.a.example"), 3h);
    EXPECT_EQ(given_up(domains, "x@b.example"), 1h);
    EXPECT_EQ(given_up(domains, "x@d.c.b.example"), 4h);
    EXPECT_EQ(given_up(domains, "x@example"), RetrySettings().give_up_after);
    EXPECT_EQ(given_up(domains, "x@[192.0.2.1]"), RetrySettings().give_up_after);
}

TEST(Lifetimes, of_all_others_may_be_given_too) {
    EXPECT_EQ(given_up({{"*", 1h}, {"a.example", 2h}}, "x@b.example"), 1h);
    EXPECT_EQ(given_up({{"*", 1h}, {"a.example", 2h}}, "x@[192.0.2.1]"), 1h);
    EXPECT_EQ(given_up({{"*", 1h}, {"a.example", 2h}}, "x@a.example"), 2h);
}

TEST(Lifetimes, not_given_are_those_of_retry) {
    Settings settings;
    settings.domain_times.push_back({"a.example", std::nullopt, 240h});
    const Lifetimes lifetimes(settings);
    EXPECT_EQ(lifetimes.of(*Mailbox::parse("x@a.example")).warn_after, settings.retry.warn_after);
    EXPECT_FALSE(lifetimes.of(*Mailbox::parse("x@a.example")).is_usual);
    EXPECT_TRUE(lifetimes.of(*Mailbox::parse("x@b.example")).is_usual);
}

}  // namespace
}  // namespace cursus
