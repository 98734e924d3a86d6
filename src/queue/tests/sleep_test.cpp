#include <gtest/gtest.h>

#include "queue/destinations.h"

namespace cursus {
namespace {

const WallTime now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};

TEST(SleepBefore, is_what_is_left_and_never_more_than_the_interval) {
    EXPECT_EQ(sleep_before(now + std::chrono::seconds{5}, now), std::chrono::seconds{5});
    EXPECT_EQ(sleep_before(now + std::chrono::hours{5}, now), wall_look_interval);
}

TEST(SleepBefore, is_nothing_for_what_is_past) {
    EXPECT_EQ(sleep_before(now, now), Duration::zero());
    EXPECT_EQ(sleep_before(now - std::chrono::hours{5}, now), Duration::zero());
}

TEST(SleepBefore, sleeps_for_what_never_comes) {
    EXPECT_EQ(sleep_before(WallTime::max(), now), wall_look_interval);
}

}  // namespace
}  // namespace cursus
