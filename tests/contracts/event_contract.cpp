// Events, signals and tasks across reactors: the runtime's own code, driven by each world's loop and clock.
#include "runtime/event.h"

#include <optional>

#include "contracts/contract.h"
#include "runtime/completion.h"
#include "runtime/offload.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<void> note_wakening(Event& event, Clock& clock, Instant deadline, std::optional<Woken>& woken) {
    woken = co_await event.wait_until(clock, deadline);
}

Task<void> an_event_wakes_all_before_their_deadlines(Reactor& reactor) {
    Event event;
    std::optional<Woken> first, second;
    TaskGroup group(reactor.executor());
    const Instant deadline = reactor.clock().now() + 1h;
    group.spawn(note_wakening(event, reactor.clock(), deadline, first));
    group.spawn(note_wakening(event, reactor.clock(), deadline, second));
    co_await reactor.clock().sleep_for(5ms);
    EXPECT_FALSE(first.has_value());
    event.set();
    co_await group.join();
    EXPECT_EQ(first, Woken::BySet);
    EXPECT_EQ(second, Woken::BySet);
}

Task<void> a_deadline_wakes_one_and_leaves_the_others(Reactor& reactor) {
    Event event;
    std::optional<Woken> hasty, patient;
    TaskGroup group(reactor.executor());
    const Instant now = reactor.clock().now();
    group.spawn(note_wakening(event, reactor.clock(), now + 1h, patient));
    group.spawn(note_wakening(event, reactor.clock(), now + 10ms, hasty));
    co_await reactor.clock().sleep_for(60ms);
    EXPECT_EQ(hasty, Woken::ByDeadline);
    EXPECT_FALSE(patient.has_value());
    event.set();
    co_await group.join();
    EXPECT_EQ(patient, Woken::BySet);
}

Task<void> count_here(Executor& where, std::size_t& count, TaskGroup* inner) {
    ++count;
    if (inner != nullptr) inner->spawn(count_here(where, count, nullptr));
    co_return;
}

Task<void> many_tasks_end_before_join(Reactor& reactor) {
    Executor executor = reactor.executor();
    std::size_t count = 0;
    TaskGroup group(executor);
    for (int i = 0; i < 100; ++i) group.spawn(count_here(executor, count, &group));
    co_await group.join();
    EXPECT_EQ(count, 200U);
}

Task<void> set_there(Signal& signal) {
    signal.set();
    co_return;
}

Task<void> signals_cross_reactors(World& world, Executor home) {
    for (int i = 0; i < 200; ++i) {
        Signal signal;
        TaskGroup group(home);
        group.spawn(run_on(world.reactors.back()->executor(), set_there(signal)));
        co_await signal.wait();
        co_await group.join();
    }
}

Task<void> add_slowly(Clock& clock, int& total) {
    co_await clock.sleep_for(1ms);
    ++total;
}

Task<void> run_on_waits_for_the_other_reactor(World& world) {
    int total = 0;
    for (Reactor* other : world.reactors)
        co_await run_on(other->executor(), add_slowly(other->clock(), total));
    EXPECT_EQ(total, static_cast<int>(world.reactors.size()));
}

int square(int value) {
    return value * value;
}

struct Square {
    int value;
    int operator()() const { return square(value); }
};

Task<void> offloaded_work_comes_back(World& world) {
    for (int i = 0; i < 100; ++i) {
        const Square work{i};
        const int result = co_await offload(world.offload, work);
        EXPECT_EQ(result, i * i);
    }
}

Task<void> offload_one(World& world, int value, int& sum) {
    const Square work{value};
    const int result = co_await offload(world.offload, work);
    sum += result;
}

Task<void> much_work_is_queued(World& world, Executor executor) {
    int sum = 0;
    TaskGroup group(executor);
    for (int i = 1; i <= 200; ++i) group.spawn(offload_one(world, i, sum));
    co_await group.join();
    EXPECT_EQ(sum, 200 * 201 * 401 / 6);
}

}  // namespace

TEST_P(EventContract, an_event_wakes_all_before_their_deadlines) {
    run(an_event_wakes_all_before_their_deadlines(reactor()));
}
TEST_P(EventContract, a_deadline_wakes_one_and_leaves_the_others) {
    run(a_deadline_wakes_one_and_leaves_the_others(reactor()));
}
TEST_P(EventContract, all_tasks_end_before_join_returns) {
    run(many_tasks_end_before_join(reactor()));
}
TEST_P(EventContract, a_signal_set_on_another_reactor_wakes_its_waiter) {
    run(signals_cross_reactors(world(), reactor().executor()));
}
TEST_P(EventContract, run_on_resumes_when_the_other_reactor_is_done) {
    run(run_on_waits_for_the_other_reactor(world()));
}
TEST_P(OffloadContract, work_comes_back_with_its_result) {
    run(offloaded_work_comes_back(world()));
}
TEST_P(OffloadContract, more_work_than_threads_is_queued) {
    run(much_work_is_queued(world(), reactor().executor()));
}

}  // namespace cursus
