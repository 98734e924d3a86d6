#include "deliver/connection_budget.h"

#include <gtest/gtest.h>

#include "deliver/slots.h"
#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

Task<void> take_one(ConnectionBudget& budget, Claim claim, int& granted, int& refused) {
    const bool got = co_await budget.take(claim);
    ++(got ? granted : refused);
}

class BudgetTest : public testing::Test {
protected:
    void want(Claim claim) { tasks.spawn(take_one(budget, claim, granted, refused)); }
    void TearDown() override {
        budget.close();
        sim.run(tasks.join());
    }
    SimWorld sim;
    ConnectionBudget budget{8};
    TaskGroup tasks{sim.executor()};
    int granted = 0, refused = 0;
};

TEST_F(BudgetTest, further_connections_leave_a_quarter_to_the_others) {
    int taken = 0;
    while (budget.try_take(Claim::Further)) ++taken;
    EXPECT_EQ(taken, 6);
    EXPECT_TRUE(budget.try_take(Claim::First));
    EXPECT_TRUE(budget.try_take(Claim::Probe));
    EXPECT_FALSE(budget.try_take(Claim::First));
    EXPECT_EQ(budget.used(), 8U);
}

TEST_F(BudgetTest, probes_of_dead_sites_never_have_more_than_a_quarter) {
    for (int i = 0; i < 100; ++i) want(Claim::Probe);
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(granted, 2);
    want(Claim::First);
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(granted, 3);
}

TEST_F(BudgetTest, who_waits_gets_what_is_given_back_the_blameless_first) {
    while (budget.try_take(Claim::First)) {
    }
    want(Claim::Probe);
    want(Claim::First);
    want(Claim::First);
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(granted, 0);
    budget.give_back(Claim::First);
    budget.give_back(Claim::First);
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(granted, 2);
    budget.close();
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(refused, 1);
}

Task<void> take_slot(Slots& slots, std::vector<int>& order, int who) {
    const bool got = co_await slots.take();
    if (got) order.push_back(who);
}

TEST(SlotsTest, are_given_in_the_order_in_which_they_were_asked_for) {
    SimWorld sim(1, {.order = ReadyOrder::Fifo});
    Slots slots;
    TaskGroup tasks(sim.executor());
    std::vector<int> order;
    for (int i = 0; i < 5; ++i) tasks.spawn(take_slot(slots, order, i));
    sim.run_for(std::chrono::seconds{1});
    EXPECT_TRUE(order.empty());
    slots.widen(2);
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(order, (std::vector<int>{0, 1}));
    slots.give_back();
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    slots.close();
    sim.run(tasks.join());
    EXPECT_EQ(order.size(), 3U);
}

}  // namespace
}  // namespace cursus
