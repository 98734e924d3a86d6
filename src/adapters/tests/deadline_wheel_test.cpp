#include "adapters/deadline_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1'000h};
constexpr Duration tick = 50ms;

struct Probe final : DeadlineWheel::Entry {
    void deadline_passed() override {
        ++passed;
        if (then) then();
    }
    ~Probe() = default;
    int passed = 0;
    std::function<void()> then;
};

TEST(DeadlineWheel, passes_a_deadline_never_early_and_at_most_a_tick_late) {
    for (const Duration ahead : std::initializer_list<Duration>{1ns, 1ms, 49ms, 50ms, 51ms, 3s, 6s}) {
        DeadlineWheel wheel(tick, 128);
        wheel.sweep(start);
        Probe probe;
        wheel.set(probe, start + ahead);
        wheel.sweep(start + ahead - 1ns);
        EXPECT_EQ(probe.passed, 0);
        wheel.sweep(start + ahead + tick);
        EXPECT_EQ(probe.passed, 1);
        wheel.sweep(start + 1h);
        EXPECT_EQ(probe.passed, 1);
    }
}

TEST(DeadlineWheel, a_deadline_beyond_one_turn_waits_for_its_own_turn) {
    DeadlineWheel wheel(1s, 16);
    wheel.sweep(start);
    Probe probe;
    wheel.set(probe, start + 100s);
    for (Duration passed = 1s; passed < 100s; passed += 1s) wheel.sweep(start + passed);
    EXPECT_EQ(probe.passed, 0);
    wheel.sweep(start + 101s);
    EXPECT_EQ(probe.passed, 1);
}

TEST(DeadlineWheel, a_deadline_in_the_past_passes_at_the_next_tick) {
    DeadlineWheel wheel(tick, 128);
    wheel.sweep(start);
    Probe probe;
    const Instant due = wheel.set(probe, start - 1h);
    EXPECT_LE(due, start + tick);
    wheel.sweep(due);
    EXPECT_EQ(probe.passed, 1);
}

TEST(DeadlineWheel, a_lifted_deadline_does_not_pass) {
    DeadlineWheel wheel(tick, 128);
    Probe probe;
    wheel.set(probe, start);
    EXPECT_TRUE(probe.is_set());
    DeadlineWheel::lift(probe);
    EXPECT_FALSE(probe.is_set());
    wheel.sweep(start + 1h);
    EXPECT_EQ(probe.passed, 0);
    DeadlineWheel::lift(probe);
}

TEST(DeadlineWheel, an_entry_that_dies_takes_its_deadline_with_it) {
    DeadlineWheel wheel(tick, 128);
    {
        Probe probe;
        wheel.set(probe, start);
    }
    EXPECT_EQ(wheel.next(), Instant::max());
    wheel.sweep(start + 1h);
}

TEST(DeadlineWheel, next_is_never_after_the_earliest_deadline) {
    DeadlineWheel wheel(tick, 128);
    wheel.sweep(start);
    EXPECT_EQ(wheel.next(), Instant::max());
    std::vector<std::unique_ptr<Probe>> probes;
    for (int i = 40; i > 0; --i) {
        probes.push_back(std::make_unique<Probe>());
        wheel.set(*probes.back(), start + 1s * i);
        EXPECT_LE(wheel.next(), start + 1s * i + tick);
    }
    for (Instant now = start; wheel.next() != Instant::max(); now = wheel.next()) {
        ASSERT_LT(now, start + 1min);
        wheel.sweep(now);
    }
    for (const auto& probe : probes) EXPECT_EQ(probe->passed, 1);
}

TEST(DeadlineWheel, a_passing_deadline_may_end_others_that_pass_with_it) {
    DeadlineWheel wheel(tick, 128);
    wheel.sweep(start);
    auto first = std::make_unique<Probe>(), second = std::make_unique<Probe>();
    wheel.set(*first, start + 1s);
    wheel.set(*second, start + 1s);
    first->then = [&second] { second.reset(); };
    second->then = [&first] { first.reset(); };
    wheel.sweep(start + 2s);
    EXPECT_NE(first == nullptr, second == nullptr);
}

TEST(DeadlineWheel, a_passing_deadline_may_be_set_anew) {
    DeadlineWheel wheel(tick, 128);
    wheel.sweep(start);
    Probe probe;
    probe.then = [&wheel, &probe] {
        if (probe.passed == 1) wheel.set(probe, start + 2s);
    };
    wheel.set(probe, start + 1s);
    wheel.sweep(start + 1s);
    EXPECT_EQ(probe.passed, 1);
    wheel.sweep(start + 3s);
    EXPECT_EQ(probe.passed, 2);
}

}  // namespace
}  // namespace cursus
