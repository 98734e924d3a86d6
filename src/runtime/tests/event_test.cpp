// What tasks wait for: signals, events, completions, and the suspension beneath them all.
#include "runtime/event.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/completion.h"
#include "runtime/offload.h"
#include "runtime/suspend.h"
#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<void> wait_and_note(Event& event, std::vector<int>& woken, int number) {
    co_await event.wait();
    woken.push_back(number);
}

Task<void> set_wakes_all_and_stays(SimWorld& sim) {
    Event event;
    std::vector<int> woken;
    TaskGroup group(sim.executor());
    for (int i = 0; i < 3; ++i) group.spawn(wait_and_note(event, woken, i));
    co_await sim.clock().sleep_for(1s);
    EXPECT_TRUE(woken.empty());
    event.set();
    EXPECT_TRUE(woken.empty()) << "nobody is resumed inside set()";
    co_await group.join();
    EXPECT_EQ(woken, (std::vector<int>{0, 1, 2}));
    const auto before = sim.now();
    co_await event.wait();
    EXPECT_EQ(sim.now(), before);
}

Task<void> pulse_wakes_and_leaves_it(SimWorld& sim) {
    Event event;
    std::vector<int> woken;
    TaskGroup group(sim.executor());
    group.spawn(wait_and_note(event, woken, 1));
    co_await sim.clock().sleep_for(1s);
    event.pulse();
    co_await group.join();
    EXPECT_EQ(woken, std::vector<int>{1});
    EXPECT_FALSE(event.is_set());
    const auto later = co_await event.wait_until(sim.clock(), sim.now() + 1s);
    EXPECT_EQ(later, Woken::ByDeadline);
}

Task<void> reset_makes_waits_wait_again(SimWorld& sim) {
    Event event;
    event.set();
    event.reset();
    const auto start = sim.now();
    const auto woken = co_await event.wait_until(sim.clock(), start + 5s);
    EXPECT_EQ(woken, Woken::ByDeadline);
    EXPECT_EQ(sim.now() - start, 5s);
}

Task<void> note_wakening(Event& event, Clock& clock, Instant deadline, Woken& woken) {
    woken = co_await event.wait_until(clock, deadline);
}

Task<void> set_at_the_deadline_wakes_once(SimWorld& sim) {
    Event event;
    const auto deadline = sim.now() + 1s;
    Woken woken{};
    TaskGroup group(sim.executor());
    sim.clock().call_at(deadline, [&event] { event.set(); });
    group.spawn(note_wakening(event, sim.clock(), deadline, woken));
    co_await group.join();
    EXPECT_EQ(sim.now(), deadline);
    co_await sim.clock().sleep_for(10s);  // a second resume would run into a finished task
}

Task<void> set_before_the_deadline_cancels_it(SimWorld& sim) {
    Event event;
    Woken woken{};
    TaskGroup group(sim.executor());
    group.spawn(note_wakening(event, sim.clock(), sim.now() + 1h, woken));
    co_await sim.clock().sleep_for(1s);
    event.set();
    co_await group.join();
    EXPECT_EQ(woken, Woken::BySet);
}

Task<void> a_signal_set_early_is_not_lost() {
    Signal signal;
    signal.set();
    co_await signal.wait();
}

Task<std::string> wait_for_text(Completion<std::unique_ptr<std::string>>& completion) {
    const auto text = co_await completion.wait();
    co_return *text;
}

Task<void> a_resume_inside_arrange_comes_later() {
    bool has_returned = false;
    co_await suspend([&has_returned](Resume resume) {
        resume();
        has_returned = true;
    });
    EXPECT_TRUE(has_returned);
}

int thrice(int value) {
    return 3 * value;
}

struct Thrice {
    int value;
    int operator()() const { return thrice(value); }
};

Task<int> offload_thrice(Offload& pool, int value) {
    const Thrice work{value};
    co_return co_await offload(pool, work);
}

TEST(Event, set_wakes_all_who_wait_and_stays_set) {
    SimWorld sim(1, {.order = ReadyOrder::Fifo});
    sim.run(set_wakes_all_and_stays(sim));
}

TEST(Event, pulse_wakes_those_who_wait_now_and_nobody_else) {
    SimWorld sim;
    sim.run(pulse_wakes_and_leaves_it(sim));
}

TEST(Event, after_reset_a_wait_waits_until_its_deadline) {
    SimWorld sim;
    sim.run(reset_makes_waits_wait_again(sim));
}

TEST(Event, set_and_deadline_at_one_instant_resume_the_task_once) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SimWorld sim(seed);
        sim.run(set_at_the_deadline_wakes_once(sim));
    }
}

TEST(Event, set_in_time_takes_the_deadline_away) {
    SimWorld sim;
    const auto start = sim.now();
    sim.run(set_before_the_deadline_cancels_it(sim));
    sim.run_until([] { return false; }, 1min);
    EXPECT_LT(sim.now() - start, 1h) << "the timer was still there";
}

TEST(Signal, set_before_the_wait_is_not_lost) {
    SimWorld sim;
    sim.run(a_signal_set_early_is_not_lost());
}

TEST(Signal, set_from_another_thread_wakes_the_waiter_for_good) {
    SimWorld sim;
    Completion<std::unique_ptr<std::string>> completion;
    std::thread setter([&completion] { completion.complete(std::make_unique<std::string>("from afar")); });
    setter.join();
    EXPECT_EQ(sim.run(wait_for_text(completion)), "from afar");
}

TEST(Completion, carries_what_can_only_be_moved) {
    SimWorld sim;
    Completion<std::unique_ptr<std::string>> completion;
    sim.clock().call_at(sim.now() + 3s,
                        [&completion] { completion.complete(std::make_unique<std::string>("late")); });
    const auto start = sim.now();
    EXPECT_EQ(sim.run(wait_for_text(completion)), "late");
    EXPECT_EQ(sim.now() - start, 3s);
}

TEST(Suspend, a_resume_called_at_once_does_not_run_the_task_inside_the_call) {
    SimWorld sim;
    sim.run(a_resume_inside_arrange_comes_later());
}

TEST(Offload, the_result_comes_back_to_the_caller) {
    SimWorld sim;
    EXPECT_EQ(sim.run(offload_thrice(sim.world().offload, 14)), 42);
}

}  // namespace
}  // namespace cursus
