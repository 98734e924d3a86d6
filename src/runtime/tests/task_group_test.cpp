#include "runtime/task_group.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "runtime/run_later.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<void> count_after(Clock& clock, Duration time, int& count) {
    co_await clock.sleep_for(time);
    ++count;
}

Task<void> join_waits(SimWorld& sim) {
    TaskGroup group(sim.executor());
    co_await group.join();  // nothing runs: at once
    int count = 0;
    for (int i = 1; i <= 5; ++i) group.spawn(count_after(sim.clock(), i * 1s, count));
    EXPECT_EQ(group.running(), 5U);
    EXPECT_EQ(count, 0) << "a task does not begin inside spawn()";
    co_await group.join();
    EXPECT_EQ(count, 5);
    EXPECT_EQ(group.running(), 0U);
}

Task<void> spawn_more(TaskGroup& group, Clock& clock, int depth, int& count) {
    ++count;
    if (depth > 0) group.spawn(spawn_more(group, clock, depth - 1, count));
    co_await clock.sleep_for(1ms);
}

Task<void> tasks_may_spawn(SimWorld& sim) {
    TaskGroup group(sim.executor());
    int count = 0;
    group.spawn(spawn_more(group, sim.clock(), 20, count));
    co_await group.join();
    EXPECT_EQ(count, 21);
}

Task<void> fail_now() {
    throw std::runtime_error("a bug");
    co_return;
}

Task<void> spawn_failing(SimWorld& sim) {
    auto& group = *new TaskGroup(sim.executor());  // never joined: the program is over
    graveyard::keep(&group);
    group.spawn(fail_now());
    co_await sim.clock().sleep_for(1s);
}

Task<void> note_executor(Executor& seen) {
    seen = co_await this_executor();
}

Task<void> run_elsewhere(SimWorld& sim) {
    Executor seen;
    co_await run_on(sim.reactor(1).executor(), note_executor(seen));
    EXPECT_EQ(seen, sim.reactor(1).executor());
    const auto here = co_await this_executor();
    EXPECT_EQ(here, sim.reactor(0).executor());
}

Task<void> run_failing_elsewhere(SimWorld& sim) {
    co_await run_on(sim.reactor(1).executor(), fail_now());
}

TEST(TaskGroup, join_returns_when_the_last_task_has_ended) {
    SimWorld sim;
    sim.run(join_waits(sim));
}

TEST(TaskGroup, tasks_may_spawn_tasks_until_the_group_is_joined) {
    SimWorld sim;
    sim.run(tasks_may_spawn(sim));
}

TEST(TaskGroup, an_exception_in_a_task_leaves_through_the_loop) {
    SimWorld sim;
    EXPECT_THROW(sim.run(spawn_failing(sim)), std::runtime_error);
}

TEST(RunOn, the_task_runs_there_and_the_caller_goes_on_here) {
    SimWorld sim(1, {.reactors = 2});
    sim.run(run_elsewhere(sim));
}

TEST(RunOn, an_exception_comes_back_to_the_caller) {
    SimWorld sim(1, {.reactors = 2});
    EXPECT_THROW(sim.run(run_failing_elsewhere(sim)), std::runtime_error);
}

}  // namespace
}  // namespace cursus
