#include "adapters/timer_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr Instant origin{};

TEST(TimerHeap, fires_what_is_due_in_order_and_nothing_else) {
    TimerHeap timers;
    std::vector<int> fired;
    for (const int i : {5, 1, 4, 2, 3}) timers.add(origin + 1s * i, [&fired, i] { fired.push_back(i); });
    EXPECT_EQ(timers.next(), origin + 1s);
    timers.run_due(origin + 3s);
    EXPECT_EQ(fired, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(timers.next(), origin + 4s);
    timers.run_due(origin + 1h);
    EXPECT_EQ(fired.size(), 5U);
    EXPECT_EQ(timers.next(), Instant::max());
}

TEST(TimerHeap, equal_times_fire_in_the_order_of_their_making) {
    TimerHeap timers;
    std::vector<int> fired;
    for (int i = 0; i < 100; ++i) timers.add(origin, [&fired, i] { fired.push_back(i); });
    timers.run_due(origin);
    EXPECT_TRUE(std::ranges::is_sorted(fired));
    EXPECT_EQ(fired.size(), 100U);
}

TEST(TimerHeap, a_cancelled_timer_frees_its_function_at_once) {
    TimerHeap timers;
    const auto held = std::make_shared<int>(1);
    const auto id = timers.add(origin, [held] { FAIL(); });
    EXPECT_EQ(held.use_count(), 2);
    EXPECT_TRUE(timers.cancel(id));
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_FALSE(timers.cancel(id));
    timers.run_due(origin + 1s);
}

TEST(TimerHeap, cancelling_most_timers_leaves_the_rest_alive) {
    TimerHeap timers;
    int fired = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto id = timers.add(origin + 1ms * (i % 77), [&fired] { ++fired; });
        if (i % 100 != 0) {
            EXPECT_TRUE(timers.cancel(id));
        }
    }
    timers.run_due(origin + 1s);
    EXPECT_EQ(fired, 100);
}

TEST(TimerHeap, what_a_timer_adds_waits_for_the_next_run) {
    TimerHeap timers;
    int fired = 0;
    timers.add(origin, [&timers, &fired] {
        ++fired;
        timers.add(origin, [&fired] { ++fired; });
    });
    timers.run_due(origin + 1s);
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(timers.next(), origin);
    timers.run_due(origin + 1s);
    EXPECT_EQ(fired, 2);
}

TEST(TimerHeap, clear_survives_functions_that_cancel_others) {
    TimerHeap timers;
    struct Canceller {
        TimerHeap& timers;
        TimerHeap::Id other;
        ~Canceller() { timers.cancel(other); }
    };
    const auto first = timers.add(origin, [] {});
    auto canceller = std::make_unique<Canceller>(timers, first);
    timers.add(origin, [owned = std::move(canceller)] {});
    timers.clear();
    EXPECT_EQ(timers.next(), Instant::max());
}

}  // namespace
}  // namespace cursus
