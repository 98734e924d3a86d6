// What the adapters do to or for the whole process: signals, privileges, randomness, blocking work, odd
// files.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include "adapters/posix_files.h"
#include "adapters/privileges.h"
#include "adapters/reactor_pool.h"
#include "adapters/signals.h"
#include "adapters/system_random.h"
#include "adapters/thread_pool.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

Task<void> note_signal(Signals& signals, int& number) {
    number = co_await signals.next();
}

Task<void> three_signals(Signals& signals) {
    for (const int sent : {SIGHUP, SIGTERM, SIGINT}) {
        std::raise(sent);
        int number = 0;
        co_await note_signal(signals, number);
        EXPECT_EQ(number, sent);
    }
}

TEST(Signals, come_one_by_one_to_the_task_that_waits) {
    ReactorPool pool(1);
    Signals signals(pool.first());
    pool.run(three_signals(signals));
}

Task<void> cancelled_signals(Signals& signals, RealReactor& reactor) {
    int number = -1;
    TaskGroup group(reactor.executor());
    group.spawn(note_signal(signals, number));
    co_await reactor.sleep_for(2ms);
    EXPECT_EQ(number, -1);
    signals.cancel();
    co_await group.join();
    EXPECT_EQ(number, 0);
    const int later = co_await signals.next();
    EXPECT_EQ(later, 0);
}

TEST(Signals, waiting_for_them_can_be_cut_short) {
    ReactorPool pool(1);
    Signals signals(pool.first());
    pool.run(cancelled_signals(signals, pool.first()));
}

TEST(Reactors, ignore_sigpipe) {
    const ReactorPool pool(1);
    std::raise(SIGPIPE);
    SUCCEED();
}

Task<void> throw_something() {
    throw std::runtime_error("something impossible");
    co_return;
}

TEST(Reactors, a_task_that_is_run_hands_its_exception_on) {
    ReactorPool pool(1);
    EXPECT_THROW(pool.run(throw_something()), std::runtime_error);
}

// In a process of its own, which cannot come back from it.
void become_nobody() {
    const auto dropped = drop_privileges("nobody");
    const bool is_gone =
        dropped && geteuid() != 0 && getegid() != 0 && setuid(0) != 0 && access("/root", R_OK) != 0;
    _exit(is_gone ? 0 : 1);
}

TEST(PrivilegesDeathTest, are_dropped_for_good) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(become_nobody(), testing::ExitedWithCode(0), "");
}

TEST(Privileges, an_unknown_user_is_named) {
    const auto dropped = drop_privileges("no-such-user");
    ASSERT_FALSE(dropped);
    EXPECT_EQ(dropped.error(), "run_as: there is no user \"no-such-user\"; create it or name another");
}

TEST(Privileges, the_limit_of_open_files_is_raised_to_what_is_allowed) {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(raise_open_file_limit(), before.rlim_max);
    setrlimit(RLIMIT_NOFILE, &before);
}

TEST(SystemRandom, gives_no_value_twice_to_many_threads) {
    SystemRandom random;
    std::vector<std::vector<std::uint64_t>> drawn(4);
    std::vector<std::thread> threads;
    for (auto& values : drawn) {
        threads.emplace_back([&random, &values] {
            for (int i = 0; i < 5'000; ++i) values.push_back(random.next());
        });
    }
    for (auto& thread : threads) thread.join();
    std::set<std::uint64_t> all;
    for (const auto& values : drawn) all.insert(values.begin(), values.end());
    EXPECT_EQ(all.size(), 20'000U);
}

TEST(ThreadPool, finishes_what_was_queued_before_it_ends) {
    std::atomic<int> done = 0;
    {
        ThreadPool pool(3);
        for (int i = 0; i < 500; ++i) pool.run([&done] { ++done; });
    }
    EXPECT_EQ(done, 500);
}

TEST(PosixFiles, a_full_medium_has_a_kind_of_its_own) {
    PosixFiles files;
    const auto file = files.open("/dev/full", OpenMode::Write, 0600);
    ASSERT_TRUE(file) << file.error().what;
    const std::string_view text = "no room";
    const auto written = (*file)->write_at(0, std::span(&text, 1));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, FileErrorKind::Full);
    EXPECT_EQ(written.error().what, "writing /dev/full: No space left on device");
}

TEST(PosixFiles, a_place_without_permission_has_a_kind_of_its_own) {
    PosixFiles files;
    const auto made = files.make_directory("/proc/1/here", 0700);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().what.find("/proc/1/here"), std::string::npos);
}

}  // namespace
}  // namespace cursus
