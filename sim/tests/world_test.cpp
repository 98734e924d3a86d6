#include "sim/world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/offload.h"
#include "runtime/run_later.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<int> sleeps_and_answers(Clock& clock, Duration time) {
    co_await clock.sleep_for(time);
    co_return 42;
}

Task<void> waits_for_ever(Event& never) {
    co_await never.wait();
}

Task<void> note(std::vector<int>& order, int number, Clock& clock) {
    co_await clock.sleep_for(1s);
    order.push_back(number);
}

Task<void> note_all(std::vector<int>& order, Reactor& reactor) {
    TaskGroup group(reactor.executor());
    for (int i = 0; i < 10; ++i) group.spawn(note(order, i, reactor.clock()));
    co_await group.join();
}

Task<void> tick_for_ever(Clock& clock, int& ticks) {
    while (true) {
        co_await clock.sleep_for(1s);
        ++ticks;
    }
}

Task<void> write_in_order(Store& store, int& kept) {
    for (int i = 0; i < 1'000; ++i) {
        Completion<Result<void, StoreError>> written;
        Batch batch;
        batch.put("key" + std::to_string(1'000 + i), "value");
        store.write(std::move(batch),
                    [&written](Result<void, StoreError> result) { written.complete(result); });
        const auto result = co_await written.wait();
        if (result) ++kept;
    }
}

TEST(SimWorld, time_passes_only_while_nothing_can_run) {
    SimWorld sim;
    const auto start = sim.now();
    const auto wall_start = sim.wall_now();
    EXPECT_EQ(sim.run(sleeps_and_answers(sim.clock(), 48h)), 42);
    EXPECT_EQ(sim.now() - start, 48h);
    EXPECT_EQ(sim.wall_now() - wall_start, 48h);
    sim.run_for(10s);
    EXPECT_EQ(sim.now() - start, 48h + 10s);
}

TEST(SimWorld, the_wall_clock_may_jump_and_the_monotonic_one_does_not) {
    SimWorld sim;
    const auto wall_start = sim.wall_now();
    const auto start = sim.now();
    sim.jump_wall(-1h);
    sim.run_for(1min);
    EXPECT_EQ(sim.wall_now() - wall_start, -59min);
    EXPECT_EQ(sim.now() - start, 1min);
}

TEST(SimWorld, a_task_that_nothing_will_end_is_reported_instead_of_waited_for) {
    SimWorld sim;
    auto never = std::make_unique<Event>();
    EXPECT_THROW(sim.run(waits_for_ever(*never)), Stalled);
    graveyard::keep(std::move(never));  // with whoever waits for it
}

TEST(SimWorld, the_order_at_one_instant_depends_on_the_seed_alone) {
    std::vector<std::vector<int>> orders;
    for (const std::uint64_t seed : {1, 1, 2, 3}) {
        SimWorld sim(seed);
        orders.emplace_back();
        sim.run(note_all(orders.back(), sim.reactor()));
    }
    EXPECT_EQ(orders[0], orders[1]);
    EXPECT_TRUE(orders[0] != orders[2] || orders[0] != orders[3]);
}

TEST(SimWorld, without_shuffling_the_order_is_that_of_the_calls) {
    SimWorld sim(7, {.order = ReadyOrder::Fifo});
    std::vector<int> order;
    sim.run(note_all(order, sim.reactor()));
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(SimWorld, work_handed_to_a_reactor_stays_in_order_whatever_is_shuffled) {
    SimWorld sim(11);
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) run_later(sim.executor(), [&order, i] { order.push_back(i); });
    sim.run_for(1s);
    ASSERT_EQ(order.size(), 100U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(SimWorld, a_killed_program_stops_where_it_is_and_others_go_on) {
    SimWorld sim(3);
    int program_ticks = 0, peer_ticks = 0;
    sim.machine("203.0.113.5").spawn(tick_for_ever(sim.machine("203.0.113.5").clock(), peer_ticks));
    sim.kill_after(100);
    EXPECT_THROW(sim.run(tick_for_ever(sim.clock(), program_ticks)), Killed);
    EXPECT_TRUE(sim.is_killed());
    const int at_kill = program_ticks;
    EXPECT_GT(at_kill, 10);
    const int peer_before = peer_ticks;
    sim.run_for(1h);
    EXPECT_EQ(program_ticks, at_kill);
    EXPECT_NEAR(peer_ticks, peer_before + 3'600, 1);
    sim.restart();
    EXPECT_EQ(sim.run(sleeps_and_answers(sim.clock(), 1s)), 42);
}

TEST(SimWorld, a_kill_keeps_every_write_that_was_acknowledged_and_a_prefix_of_the_rest) {
    std::size_t kept_beyond = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        SimWorld sim(seed);
        int acknowledged = 0;
        sim.kill_after(50 + seed * 7);
        EXPECT_THROW(sim.run(write_in_order(sim.store(), acknowledged)), Killed);
        sim.restart();
        const auto found = sim.store().scan("key", "kez", 10'000);
        ASSERT_TRUE(found);
        ASSERT_GE(found->size(), static_cast<std::size_t>(acknowledged));
        ASSERT_LE(found->size(), static_cast<std::size_t>(acknowledged) + 1);
        kept_beyond += found->size() - static_cast<std::size_t>(acknowledged);
        for (std::size_t i = 0; i < found->size(); ++i)
            EXPECT_EQ((*found)[i].key, "key" + std::to_string(1'000 + i));
    }
    EXPECT_GT(kept_beyond, 0U) << "sometimes what was not acknowledged is kept";
    EXPECT_LT(kept_beyond, 40U) << "and sometimes not";
}

TEST(SimWorld, a_kill_can_come_at_any_step) {
    for (std::uint64_t steps = 0; steps < 300; ++steps) {
        SimWorld sim(1);
        int acknowledged = 0;
        sim.kill_after(steps);
        EXPECT_THROW(sim.run(write_in_order(sim.store(), acknowledged)), Killed) << steps;
    }
}

TEST(SimStore, a_disk_in_trouble_refuses_and_keeps_nothing_until_it_is_well_again) {
    SimWorld sim;
    int kept = 0;
    sim.disk().trouble = StoreErrorKind::Full;
    sim.run(write_in_order(sim.store(), kept));
    EXPECT_EQ(kept, 0);
    EXPECT_EQ(sim.store().space().free_bytes, 0U);
    EXPECT_TRUE(sim.disk().entries.empty());
    sim.disk().trouble.reset();
    sim.run(write_in_order(sim.store(), kept));
    EXPECT_EQ(kept, 1'000);
}

}  // namespace
}  // namespace cursus
