#include "runtime/channel.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <memory>
#include <vector>

#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<void> push_numbers(Channel<int>& channel, int first, int count, int& accepted) {
    for (int i = first; i < first + count; ++i) {
        const bool is_accepted = co_await channel.push(i);
        if (is_accepted) ++accepted;
    }
}

Task<void> pop_all(Channel<int>& channel, Clock& clock, std::vector<int>& popped) {
    while (true) {
        const auto item = co_await channel.pop();
        if (!item) co_return;
        popped.push_back(*item);
        if (popped.size() % 7 == 0) co_await clock.sleep_for(1ms);
    }
}

Task<void> everything_arrives_in_order(SimWorld& sim) {
    Channel<int> channel(3);
    std::vector<int> popped;
    int accepted = 0;
    TaskGroup readers(sim.executor()), writers(sim.executor());
    readers.spawn(pop_all(channel, sim.clock(), popped));
    writers.spawn(push_numbers(channel, 0, 100, accepted));
    co_await writers.join();
    channel.close();
    co_await readers.join();
    EXPECT_EQ(accepted, 100);
    EXPECT_EQ(popped.size(), 100U);
    for (std::size_t i = 0; i < popped.size(); ++i) EXPECT_EQ(popped[i], static_cast<int>(i));
}

Task<void> many_on_both_sides(SimWorld& sim) {
    Channel<int> channel(2);
    std::vector<int> popped;
    int accepted = 0;
    TaskGroup readers(sim.executor()), writers(sim.executor());
    for (int i = 0; i < 4; ++i) readers.spawn(pop_all(channel, sim.clock(), popped));
    for (int i = 0; i < 4; ++i) writers.spawn(push_numbers(channel, i * 1'000, 50, accepted));
    co_await writers.join();
    channel.close();
    co_await readers.join();
    std::ranges::sort(popped);
    EXPECT_EQ(popped.size(), 200U);
    EXPECT_EQ(std::ranges::unique(popped).size(), 0U) << "an item was popped twice";
}

Task<void> a_full_channel_holds_back(SimWorld& sim) {
    Channel<int> channel(2);
    int accepted = 0;
    TaskGroup writers(sim.executor());
    writers.spawn(push_numbers(channel, 0, 5, accepted));
    co_await sim.clock().sleep_for(1s);
    EXPECT_EQ(accepted, 2);
    EXPECT_EQ(channel.size(), 2U);
    EXPECT_FALSE(channel.try_push(9));
    const auto first = co_await channel.pop();
    EXPECT_EQ(first, 0);
    co_await sim.clock().sleep_for(1s);
    EXPECT_EQ(accepted, 3);
    channel.close();
    co_await writers.join();
    EXPECT_EQ(accepted, 3) << "what waited when it closed was dropped, and said so";
    const auto second = co_await channel.pop();
    const auto third = co_await channel.pop();
    const auto end = co_await channel.pop();
    EXPECT_EQ(second, 1);
    EXPECT_EQ(third, 2) << "what was inside when it closed can still be had";
    EXPECT_EQ(end, std::nullopt);
    EXPECT_FALSE(channel.try_push(1));
}

Task<std::optional<std::unique_ptr<int>>> through(Channel<std::unique_ptr<int>>& channel) {
    EXPECT_TRUE(channel.try_push(std::make_unique<int>(42)));
    co_return co_await channel.pop();
}

TEST(Channel, everything_arrives_in_order) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SimWorld sim(seed);
        sim.run(everything_arrives_in_order(sim));
    }
}

TEST(Channel, with_many_on_both_sides_nothing_is_lost_or_doubled) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SimWorld sim(seed);
        sim.run(many_on_both_sides(sim));
    }
}

TEST(Channel, a_full_one_holds_its_writers_back_and_close_lets_them_go) {
    SimWorld sim;
    sim.run(a_full_channel_holds_back(sim));
}

TEST(Channel, carries_what_can_only_be_moved) {
    SimWorld sim;
    Channel<std::unique_ptr<int>> channel(1);
    const auto item = sim.run(through(channel));
    ASSERT_TRUE(item);
    EXPECT_EQ(**item, 42);
}

}  // namespace
}  // namespace cursus
