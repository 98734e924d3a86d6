#include "policy/harvest.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Harvesting : public testing::Test {
protected:
    static IpAddress client(std::string_view text) { return *IpAddress::parse(text); }
    static IpAddress numbered(std::uint32_t i) {
        return IpAddress::v4({10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                              static_cast<std::uint8_t>(i)});
    }
    void note(std::string_view of, Misdeed misdeed = Misdeed::UnknownRecipient) {
        harvest.note(client(of), misdeed, now);
    }
    std::uint64_t count(std::string_view of, Misdeed misdeed = Misdeed::UnknownRecipient) {
        return harvest.count(client(of), misdeed, now);
    }

    Fingerprinter fingerprints{{1, 2}};
    Harvest harvest{fingerprints};
    Instant now{hours{5}};
};

TEST_F(Harvesting, is_counted_by_client_and_by_what_was_done) {
    for (int i = 0; i < 10; ++i) note("192.0.2.1");
    note("192.0.2.1", Misdeed::RefusedCommand);
    EXPECT_EQ(count("192.0.2.1"), 10U);
    EXPECT_EQ(count("192.0.2.1", Misdeed::RefusedCommand), 1U);
    EXPECT_EQ(count("192.0.2.2"), 0U);
    EXPECT_EQ(harvest.size(), 1U);
}

TEST_F(Harvesting, from_one_site_of_ipv6_is_one) {
    note("2001:db8::1");
    note("2001:db8::ffff:2");
    EXPECT_EQ(count("2001:db8::3"), 2U);
    EXPECT_EQ(count("2001:db8:0:1::1"), 0U);
}

TEST_F(Harvesting, is_forgotten_after_an_hour) {
    note("192.0.2.1");
    now += minutes{30};
    note("192.0.2.1");
    now += minutes{29};
    EXPECT_EQ(count("192.0.2.1"), 2U);
    now += minutes{1};
    EXPECT_EQ(count("192.0.2.1"), 1U);
    now += minutes{30};
    EXPECT_EQ(count("192.0.2.1"), 0U);
}

TEST_F(Harvesting, of_more_clients_than_are_remembered_forgets_those_seen_longest_ago) {
    note("192.0.2.1");
    note("192.0.2.2");
    for (std::uint32_t i = 0; i < 300'000; ++i) {
        harvest.note(numbered(i), Misdeed::UnknownRecipient, now);
        if (i % 1000 == 0) note("192.0.2.1");
    }
    EXPECT_LE(harvest.size(), Harvest::clients_max);
    EXPECT_GT(harvest.size(), Harvest::clients_max * 9 / 10);
    EXPECT_EQ(count("192.0.2.1"), 301U);
    EXPECT_EQ(count("192.0.2.2"), 0U);
}

TEST_F(Harvesting, goes_on_after_a_restart_as_if_time_had_passed) {
    note("192.0.2.9");
    now += minutes{70};
    note("192.0.2.1");
    note("192.0.2.1", Misdeed::RefusedCommand);
    now += minutes{20};
    const auto saved = harvest.saved(now);
    EXPECT_EQ(saved.size(), 1U);  // the other's is an hour ago
    Harvest next{fingerprints};
    const Instant begin{minutes{1}};
    next.restore(saved, begin - minutes{30});
    EXPECT_EQ(next.count(client("192.0.2.1"), Misdeed::UnknownRecipient, begin), 1U);
    EXPECT_EQ(next.count(client("192.0.2.1"), Misdeed::RefusedCommand, begin), 1U);
    EXPECT_EQ(next.count(client("192.0.2.1"), Misdeed::UnknownRecipient, begin + minutes{15}), 0U);
}

TEST_F(Harvesting, by_many_threads_is_counted_exactly) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (std::uint32_t i = 0; i < 5000; ++i) {
                harvest.note(numbered(i % 10), Misdeed::UnknownRecipient, now);
                if (i % 500 == 0) EXPECT_LE(harvest.saved(now).size(), 10U);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (std::uint32_t i = 0; i < 10; ++i)
        EXPECT_EQ(harvest.count(numbered(i), Misdeed::UnknownRecipient, now), 2000U);
}

}  // namespace
}  // namespace cursus
