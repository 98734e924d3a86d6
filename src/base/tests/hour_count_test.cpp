#include "base/hour_count.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Instant start{hours{1000}};

TEST(HourCount, forgets_what_is_older_than_an_hour_a_slice_at_a_time) {
    HourCount count;
    EXPECT_EQ(count.add(start), 1U);
    EXPECT_EQ(count.add(start + minutes{1}), 2U);
    EXPECT_EQ(count.add(start + minutes{10}), 3U);
    EXPECT_EQ(count.sum(start + minutes{59}), 3U);
    EXPECT_EQ(count.sum(start + minutes{60}), 1U);
    EXPECT_EQ(count.sum(start + minutes{70}), 0U);
    EXPECT_EQ(count.add(start + hours{24 * 365}), 1U);
}

TEST(HourCount, of_a_clock_that_is_behind_goes_into_the_newest_slice) {
    HourCount count;
    count.add(start);
    EXPECT_EQ(count.add(start - minutes{6}), 2U);
    EXPECT_EQ(count.sum(start - minutes{6}), 2U);
    EXPECT_EQ(count.sum(start + minutes{59}), 2U);
    EXPECT_EQ(count.sum(start + minutes{60}), 0U);
}

// An instant may lie before the beginning of time: what a machine that was just started knows of its last
// run.
TEST(HourCount, goes_on_from_what_it_was) {
    HourCount count;
    count.add(start);
    count.add(start + minutes{30});
    for (const Instant then : {Instant{}, Instant{hours{-3}}, Instant{minutes{-7}}}) {
        HourCount next(count.slices_at(start + minutes{40}), then);
        EXPECT_EQ(next.sum(then), 2U);
        EXPECT_EQ(next.sum(then + minutes{25}), 1U);
        EXPECT_EQ(next.add(then + minutes{60}), 1U);
    }
}

}  // namespace
}  // namespace cursus
