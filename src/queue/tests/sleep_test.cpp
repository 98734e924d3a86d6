#include <gtest/gtest.h>

#include "queue/destinations.h"

namespace cursus {
namespace {

const WallTime asleep_at{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};

TEST(SleepBefore, is_what_is_left_and_never_more_than_the_interval) {
    EXPECT_EQ(sleep_before(asleep_at + std::chrono::seconds{5}, asleep_at), std::chrono::seconds{5});
    EXPECT_EQ(sleep_before(asleep_at + std::chrono::hours{5}, asleep_at), wall_look_interval);
}

TEST(SleepBefore, is_nothing_for_what_is_past) {
    EXPECT_EQ(sleep_before(asleep_at, asleep_at), Duration::zero());
    EXPECT_EQ(sleep_before(asleep_at - std::chrono::hours{5}, asleep_at), Duration::zero());
}

TEST(SleepBefore, sleeps_for_what_never_comes) {
    EXPECT_EQ(sleep_before(WallTime::max(), asleep_at), wall_look_interval);
}

}  // namespace
}  // namespace cursus
