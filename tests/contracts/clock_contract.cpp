// Time and timers as one reactor sees them. Nothing here asserts that something was quick.
#include "runtime/clock.h"

#include <vector>

#include "contracts/contract.h"
#include "runtime/event.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<void> sleeps_no_less_than_asked(Clock& clock) {
    const Instant before = clock.now();
    co_await clock.sleep_for(30ms);
    EXPECT_GE(clock.now() - before, 30ms);
}

Task<void> timers_fire_in_order(Clock& clock) {
    std::vector<int> fired;
    Event last;
    const Instant start = clock.now();
    clock.call_at(start + 60ms, [&fired, &last] {
        fired.push_back(3);
        last.set();
    });
    clock.call_at(start + 20ms, [&fired] { fired.push_back(1); });
    clock.call_at(start + 40ms, [&fired] { fired.push_back(2); });
    co_await last.wait();
    EXPECT_EQ(fired, (std::vector<int>{1, 2, 3}));
}

Task<void> a_timer_fires_from_the_loop(Clock& clock) {
    bool has_fired = false;
    Event fired;
    const auto timer = clock.call_at(clock.now() - 1s, [&has_fired, &fired] {
        has_fired = true;
        fired.set();
    });
    EXPECT_NE(timer, 0U);
    EXPECT_FALSE(has_fired);
    co_await fired.wait();
    EXPECT_FALSE(clock.cancel(timer));
}

Task<void> a_cancelled_timer_stays_silent(Clock& clock) {
    bool has_fired = false;
    const auto timer = clock.call_at(clock.now() + 20ms, [&has_fired] { has_fired = true; });
    EXPECT_TRUE(clock.cancel(timer));
    EXPECT_FALSE(clock.cancel(timer));
    EXPECT_FALSE(clock.cancel(0));
    co_await clock.sleep_for(60ms);
    EXPECT_FALSE(has_fired);
}

Task<void> a_timer_may_set_and_cancel_others(Clock& clock) {
    bool has_fired = false;
    Event done;
    const auto victim = clock.call_at(clock.now() + 40ms, [&has_fired] { has_fired = true; });
    clock.call_at(clock.now() + 10ms, [&clock, &done, victim] {
        EXPECT_TRUE(clock.cancel(victim));
        clock.call_at(clock.now() + 50ms, [&done] { done.set(); });
    });
    co_await done.wait();
    EXPECT_FALSE(has_fired);
}

Task<void> count_down(Clock& clock, Duration time, std::size_t& left, Event& done) {
    co_await clock.sleep_for(time);
    if (--left == 0) done.set();
}

Task<void> many_sleep_at_once(Clock& clock, Executor executor) {
    std::size_t left = 2'000;
    Event done;
    TaskGroup group(executor);
    for (std::size_t i = left; i > 0; --i) group.spawn(count_down(clock, 1us * (i % 997), left, done));
    co_await done.wait();
    co_await group.join();
    EXPECT_EQ(left, 0U);
}

}  // namespace

TEST_P(ClockContract, sleeps_no_less_than_asked) {
    run(sleeps_no_less_than_asked(reactor().clock()));
}
TEST_P(ClockContract, timers_fire_in_order) {
    run(timers_fire_in_order(reactor().clock()));
}
TEST_P(ClockContract, a_timer_in_the_past_fires_from_the_loop_and_not_inside_the_call) {
    run(a_timer_fires_from_the_loop(reactor().clock()));
}
TEST_P(ClockContract, a_cancelled_timer_stays_silent) {
    run(a_cancelled_timer_stays_silent(reactor().clock()));
}
TEST_P(ClockContract, a_timer_may_set_and_cancel_others) {
    run(a_timer_may_set_and_cancel_others(reactor().clock()));
}
TEST_P(ClockContract, many_sleep_at_once) {
    run(many_sleep_at_once(reactor().clock(), reactor().executor()));
}

TEST_P(ClockContract, wall_time_is_after_this_test_was_written) {
    EXPECT_GT(reactor().clock().wall_now(), WallTime(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)));
}

}  // namespace cursus
