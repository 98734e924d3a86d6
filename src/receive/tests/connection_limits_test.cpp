#include "receive/connection_limits.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cursus {
namespace {

IpAddress address(std::string_view text) {
    return IpAddress::parse(text).value();
}

TEST(ConnectionLimits, refuses_beyond_the_total_and_takes_again_when_one_has_gone) {
    ConnectionLimits limits(2, 10);
    auto first = limits.take(address("192.0.2.1"), false);
    auto second = limits.take(address("192.0.2.2"), false);
    ASSERT_TRUE(first.place && second.place);
    const auto third = limits.take(address("192.0.2.3"), false);
    EXPECT_FALSE(third.place);
    EXPECT_EQ(third.over, OverLimit::Total);
    first.place.reset();
    EXPECT_TRUE(limits.take(address("192.0.2.3"), false).place);
}

TEST(ConnectionLimits, holds_each_client_to_its_own_limit) {
    ConnectionLimits limits(100, 1);
    const auto first = limits.take(address("192.0.2.1"), false);
    const auto again = limits.take(address("192.0.2.1"), false);
    EXPECT_FALSE(again.place);
    EXPECT_EQ(again.over, OverLimit::Client);
    EXPECT_TRUE(limits.take(address("192.0.2.2"), false).place);
}

TEST(ConnectionLimits, counts_an_ipv6_64_as_one_client) {
    ConnectionLimits limits(100, 1);
    const auto first = limits.take(address("2001:db8:0:1::1"), false);
    EXPECT_FALSE(limits.take(address("2001:db8:0:1:ffff::2"), false).place);
    EXPECT_TRUE(limits.take(address("2001:db8:0:2::1"), false).place);
    EXPECT_EQ(client_of(address("::ffff:192.0.2.1")), address("192.0.2.1"));
}

TEST(ConnectionLimits, holds_an_exempt_client_only_to_the_total) {
    ConnectionLimits limits(3, 1);
    const auto first = limits.take(address("127.0.0.1"), true);
    const auto second = limits.take(address("127.0.0.1"), true);
    const auto third = limits.take(address("127.0.0.1"), true);
    EXPECT_TRUE(second.place && third.place);
    EXPECT_FALSE(limits.take(address("127.0.0.1"), true).place);
}

TEST(ConnectionLimits, of_none_take_none) {
    ConnectionLimits limits(0, 0);
    EXPECT_FALSE(limits.take(address("192.0.2.1"), true).place);
    EXPECT_EQ(limits.connections(), 0U);
}

TEST(ConnectionLimits, count_a_moved_place_once) {
    ConnectionLimits limits(10, 10);
    {
        auto outcome = limits.take(address("192.0.2.1"), false);
        ConnectionLimits::Place moved = std::move(*outcome.place);
        auto other = limits.take(address("192.0.2.1"), false);
        moved = std::move(*other.place);
        EXPECT_EQ(limits.connections(), 2U);
    }
    EXPECT_EQ(limits.connections(), 0U);
}

TEST(ConnectionLimits, never_count_wrong_under_many_threads) {
    ConnectionLimits limits(8, 4);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&limits, t] {
            const IpAddress client = address(t % 2 == 0 ? "192.0.2.1" : "192.0.2.2");
            for (int i = 0; i < 5'000; ++i) {
                const auto outcome = limits.take(client, false);
                EXPECT_LE(limits.connections(), 8U);
            }
        });
    threads.clear();
    EXPECT_EQ(limits.connections(), 0U);
}

}  // namespace
}  // namespace cursus
