#include "queue/memory_budget.h"

#include <gtest/gtest.h>

#include "queue/body.h"
#include "queue/layout.h"
#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class MemoryBudgetTest : public testing::Test {
protected:
    // Starts taking; the answer comes when it does.
    std::shared_ptr<std::optional<bool>> take(std::uint64_t bytes, Duration patience) {
        auto answer = std::make_shared<std::optional<bool>>();
        tasks.spawn(take_one(*this, bytes, patience, answer));
        sim.run_for(1ms);
        return answer;
    }
    static Task<void> take_one(MemoryBudgetTest& test, std::uint64_t bytes, Duration patience,
                               std::shared_ptr<std::optional<bool>> answer) {
        *answer = co_await test.budget->take(bytes, test.sim.clock(), test.sim.now() + patience);
    }
    std::unique_ptr<QueuedBody> hold(std::uint64_t bytes) {
        EXPECT_TRUE(budget->try_take(bytes));
        auto held = std::make_shared<HeldBody>();
        held->pieces.push_back(
            shared(std::make_shared<HeldOctets>(std::string(bytes, 'x'), MemoryCharge(budget, bytes))));
        return std::make_unique<QueuedBody>(BodyNeeds{sim.store(), sim.world().offload, budget}, MessageId(1),
                                            BodyShape{bytes, 1}, std::move(held));
    }
    void TearDown() override { sim.run(tasks.join()); }

    SimWorld sim;
    std::vector<bool> pressure;
    std::shared_ptr<MemoryBudget> budget =
        std::make_shared<MemoryBudget>(1'000, [this](bool is_short) { pressure.push_back(is_short); });
    TaskGroup tasks{sim.executor()};
};

TEST_F(MemoryBudgetTest, receiving_leaves_delivery_its_reserve) {
    EXPECT_TRUE(budget->try_take(750));
    EXPECT_FALSE(budget->try_take(1));
    EXPECT_EQ(budget->take_for_delivery(250), 250u);
    EXPECT_EQ(budget->used(), 1'000u);
    EXPECT_EQ(budget->take_for_delivery(100'000), 32u * 1024) << "it never waits, but reads less at once";
    budget->give_back(budget->used());
}

TEST_F(MemoryBudgetTest, a_waiter_is_served_when_room_comes_in_the_order_of_arrival) {
    ASSERT_TRUE(budget->try_take(700));
    const auto big = take(500, 10s), small = take(10, 10s);
    EXPECT_FALSE(*big);
    EXPECT_FALSE(*small) << "it would fit, but must not overtake";
    EXPECT_FALSE(budget->try_take(1));
    budget->give_back(400);
    sim.run_for(1ms);
    EXPECT_FALSE(*big) << "300 and 500 are more than may be";
    budget->give_back(100);
    sim.run_for(1ms);
    EXPECT_EQ(*big, true);
    EXPECT_EQ(*small, true);
    EXPECT_EQ(budget->used(), 710u);
    EXPECT_EQ(pressure, (std::vector{true, false}));
}

TEST_F(MemoryBudgetTest, a_waiter_gives_up_at_its_deadline_and_holds_nobody_up) {
    ASSERT_TRUE(budget->try_take(700));
    const auto big = take(500, 10s), small = take(40, 60s);
    sim.run_for(11s);
    EXPECT_EQ(*big, false);
    budget->give_back(100);
    sim.run_for(1ms);
    EXPECT_EQ(*small, true);
    EXPECT_EQ(budget->used(), 640u);
}

TEST_F(MemoryBudgetTest, what_can_never_fit_is_refused_at_once) {
    const auto answer = take(751, 1h);
    EXPECT_EQ(*answer, false);
}

TEST_F(MemoryBudgetTest, cached_bodies_are_given_up_before_anybody_waits) {
    auto first = hold(300), second = hold(300), leased = hold(100);
    first->may_be_given_up();
    second->may_be_given_up();
    leased->may_be_given_up();
    leased->is_needed();
    EXPECT_TRUE(budget->try_take(200));
    EXPECT_EQ(budget->used(), 600u) << "the first went, the others stay";
    EXPECT_TRUE(budget->try_take(400));
    EXPECT_EQ(budget->used(), 700u);
    EXPECT_FALSE(budget->try_take(100)) << "what is being delivered is not taken away";
    budget->give_back(600);
    first.reset();
    second.reset();
    leased.reset();
    EXPECT_EQ(budget->used(), 0u);
}

TEST_F(MemoryBudgetTest, cached_bodies_are_given_up_for_those_who_wait_already) {
    auto first = hold(300), second = hold(300), third = hold(100);
    const auto big = take(400, 10s), small = take(100, 10s);
    EXPECT_FALSE(*big) << "everything is in use";
    first->may_be_given_up();
    sim.run_for(1ms);
    EXPECT_FALSE(*big) << "350 and 400 are more than may be";
    EXPECT_EQ(budget->used(), 400u) << "the first went for the one who waits";
    second->may_be_given_up();
    third->may_be_given_up();
    sim.run_for(1ms);
    EXPECT_EQ(*big, true);
    EXPECT_EQ(*small, true);
    EXPECT_EQ(budget->used(), 600u) << "the second went, the third need not";
    budget->give_back(500);
}

TEST(BodyBuffer, gives_exactly_what_was_put_in_however_it_is_cut) {
    for (const std::size_t step : {1UL, 100UL, 5'000UL, 262'144UL, 700'000UL}) {
        auto budget = std::make_shared<MemoryBudget>(1ULL << 30, [](bool) {});
        BodyBuffer buffer(budget);
        std::string all;
        for (std::size_t at = 0; all.size() < 900'000; ++at) {
            std::string piece(step, static_cast<char>('a' + at % 26));
            all += piece;
            buffer.add_unasked(std::move(piece));
            if (step == 1 && all.size() > 9'000) break;
        }
        std::string read;
        const auto look_at = [&](const SharedBody& body) {
            for (const auto& piece : body->pieces) read += *piece;
            return octets_of(*body);
        };
        while (buffer.size() > body_piece_bytes) EXPECT_EQ(look_at(buffer.take_piece()), body_piece_bytes);
        const auto left = buffer.size();
        EXPECT_EQ(look_at(buffer.take_all()), left);
        EXPECT_EQ(buffer.size(), 0u);
        EXPECT_EQ(read, all) << step;
        EXPECT_EQ(budget->used(), 0u);
    }
}

}  // namespace
}  // namespace cursus
