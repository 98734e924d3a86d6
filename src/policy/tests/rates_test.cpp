#include "policy/rates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "sim/sim_random.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Buckets : public testing::Test {
protected:
    bool take(std::string_view key, const Rate& rate = hundred_an_hour) {
        return rates.take("rule", key, rate, now);
    }
    std::uint32_t take_all(std::string_view key, const Rate& rate = hundred_an_hour) {
        std::uint32_t taken = 0;
        while (taken <= rate_count_max && take(key, rate)) ++taken;
        return taken;
    }

    static constexpr Rate hundred_an_hour{100, hours{1}, RateBy::Client};
    Fingerprinter fingerprints{{1, 2}};
    Rates rates{fingerprints};
    Instant now{hours{5}};
};

TEST_F(Buckets, hold_as_many_as_the_rate_says) {
    EXPECT_EQ(take_all("192.0.2.1"), 100U);
    EXPECT_EQ(take_all("192.0.2.2"), 100U);
}

TEST_F(Buckets, of_other_rules_count_for_themselves) {
    EXPECT_EQ(take_all("192.0.2.1"), 100U);
    EXPECT_TRUE(rates.take("another rule", "192.0.2.1", hundred_an_hour, now));
}

TEST_F(Buckets, fill_again_as_time_goes_on) {
    take_all("a");
    now += seconds{35};
    EXPECT_FALSE(take("a"));
    now += seconds{1};
    EXPECT_TRUE(take("a"));
    EXPECT_FALSE(take("a"));
    now += minutes{30};
    EXPECT_EQ(take_all("a"), 50U);
    now += hours{1000};
    EXPECT_EQ(take_all("a"), 100U);
}

TEST_F(Buckets, are_not_kept_empty_by_asking) {
    take_all("a");
    for (int i = 0; i < 36; ++i, now += seconds{1}) EXPECT_FALSE(take("a"));
    EXPECT_TRUE(take("a"));
}

TEST_F(Buckets, are_looked_into_without_taking) {
    EXPECT_EQ(rates.peek("rule", "a", hundred_an_hour, now), 100U);
    EXPECT_EQ(rates.size(), 0U);
    for (int i = 0; i < 40; ++i) take("a");
    EXPECT_EQ(rates.peek("rule", "a", hundred_an_hour, now), 60U);
    EXPECT_EQ(rates.peek("rule", "a", hundred_an_hour, now), 60U);
    EXPECT_EQ(take_all("a"), 60U);
    EXPECT_EQ(rates.peek("rule", "a", hundred_an_hour, now), 0U);
}

TEST_F(Buckets, hold_exactly_as_many_where_the_interval_is_no_whole_number) {
    for (const std::uint32_t count : {1U, 3U, 7U, 9'999U, 99'999U}) {
        EXPECT_EQ(take_all("a" + std::to_string(count), {count, seconds{1}, RateBy::Client}), count);
        EXPECT_EQ(take_all("b" + std::to_string(count), {count, rate_per_max, RateBy::Client}), count);
    }
}

TEST_F(Buckets, stay_as_empty_when_the_rate_changes_but_for_no_longer_than_it_says) {
    for (int i = 0; i < 50; ++i) take("a");
    EXPECT_EQ(take_all("a", {10, hours{1}, RateBy::Client}), 5U);
    now += minutes{1};
    EXPECT_EQ(take_all("a", {100, minutes{1}, RateBy::Client}), 0U);
    now += minutes{1};
    EXPECT_EQ(take_all("a", {100, minutes{1}, RateBy::Client}), 100U);
}

TEST_F(Buckets, are_harmed_by_no_jump_of_a_clock) {
    take_all("a");
    now -= hours{10000};
    EXPECT_FALSE(take("a"));
    now += hours{1};
    EXPECT_EQ(take_all("a"), 100U);
    now += hours{100'000};
    EXPECT_EQ(take_all("a"), 100U);
}

// As two reactors whose clocks are a little apart.
TEST_F(Buckets, do_not_fill_by_two_clocks_in_turn) {
    take_all("a");
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_FALSE(take("a"));
        now -= seconds{1};
        EXPECT_FALSE(take("a"));
        now += seconds{1};
    }
}

TEST_F(Buckets, are_bounded_and_those_used_last_stay) {
    const std::string long_key(100'000, 'x');
    take_all("busy");
    take_all(long_key);
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        rates.take("rule", std::to_string(i), hundred_an_hour, now);
        if (i % 1000 == 0) EXPECT_FALSE(take("busy"));
    }
    EXPECT_LE(rates.size(), Rates::buckets_max);
    EXPECT_GT(rates.size(), Rates::buckets_max * 9 / 10);
    EXPECT_FALSE(take("busy"));
    EXPECT_TRUE(take(long_key));  // forgotten
}

TEST_F(Buckets, go_on_after_a_restart_as_if_time_had_passed) {
    take_all("a");
    take("b");
    take("full");
    now += seconds{36};  // one of a's hundred is back, and b is full
    const auto saved = rates.saved(now);
    ASSERT_EQ(saved.size(), 1U);
    Rates next{fingerprints};
    // The next run's clock begins anew; a minute and a half went by between the two.
    const Instant begin{seconds{10}};
    next.restore(saved, begin - seconds{90});
    EXPECT_EQ(next.peek("rule", "a", hundred_an_hour, begin), 3U);
    EXPECT_EQ(next.peek("rule", "b", hundred_an_hour, begin), 100U);
}

// The model counts tokens as they flow in, where Rates remembers when the bucket will be full.
TEST(RatesProperty, buckets_behave_as_tokens_that_are_counted) {
    SimRandom random(7);
    const Fingerprinter fingerprints({3, 4});
    Rates rates(fingerprints);
    std::size_t taken = 0, refused = 0;
    for (int round = 0; round < 300; ++round) {
        const Rate rate{static_cast<std::uint32_t>(random.between(1, round % 2 == 0 ? 20 : rate_count_max)),
                        random.between(rate_per_min, hours{2}), RateBy::Client};
        const Duration interval = rate.per / rate.count;
        const std::string key = std::to_string(round);
        Instant now{random.between(Duration{}, hours{1000})};
        Duration level = interval * rate.count;
        for (int step = 0; step < 1000; ++step) {
            const Duration passed = random.one_in(50) ? random.between(Duration{}, 2 * rate.per)
                                                      : random.between(Duration{}, 2 * interval);
            now += passed;
            level = std::min(level + passed, interval * rate.count);
            ASSERT_EQ(rates.peek("rule", key, rate, now), level / interval);
            const bool may = level >= interval;
            if (may) level -= interval;
            ASSERT_EQ(rates.take("rule", key, rate, now), may);
            ++(may ? taken : refused);
        }
    }
    EXPECT_GT(taken, 10'000U);
    EXPECT_GT(refused, 1'000U);
}

TEST(RatesThreads, take_exactly_what_there_is) {
    const Fingerprinter fingerprints({5, 6});
    Rates rates(fingerprints);
    const Rate rate{1000, hours{1}, RateBy::Client};
    constexpr std::size_t threads_count = 4, keys = 20;
    std::vector<std::vector<std::uint32_t>> taken(threads_count, std::vector<std::uint32_t>(keys));
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < threads_count; ++thread) {
        threads.emplace_back([&, thread] {
            for (std::size_t i = 0; i < keys * 500; ++i) {
                const std::size_t key = i % keys;
                if (rates.take("rule", std::to_string(key), rate, Instant{})) ++taken.at(thread).at(key);
                if (i % 500 == 0) EXPECT_LE(rates.saved(Instant{}).size(), keys);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (std::size_t key = 0; key < keys; ++key) {
        std::uint32_t sum = 0;
        for (const auto& each : taken) sum += each.at(key);
        EXPECT_EQ(sum, 1000U);
    }
}

}  // namespace
}  // namespace cursus
