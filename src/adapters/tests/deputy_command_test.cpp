// Commands of users, among them those that mean no good.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "adapters/tests/deputy_system.h"
#include "runtime/task_group.h"
#include "tests/contracts/message_pieces.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

bool is_alive(pid_t process) {
    return kill(process, 0) == 0;
}

// Once the deputy has put a job away; never, if a test must fail.
void wait_for_end(pid_t process) {
    while (is_alive(process)) std::this_thread::sleep_for(10ms);
}

class DeputyCommand : public DeputyTest {
protected:
    CommandOrder shell(const std::string& script) const {
        CommandOrder order;
        order.arguments = {"/bin/sh", "-c", script};
        order.environment = {"PATH=/usr/bin:/bin", "HOME=" + ann_.home};
        return order;
    }
    std::string said(const std::string& script, std::string text = "text\n") {
        const auto result = deliver(shell(script), std::move(text));
        expect_done(result);
        return result.what;
    }
    void expect(DeputyOutcome outcome, const std::string& script) {
        const auto result = deliver(shell(script));
        EXPECT_EQ(result.outcome, outcome) << script << ": " << result.what;
    }
    pid_t number_in(const std::string& file) const {
        return std::stoi(TestSystem::read(ann_.home + "/" + file).value_or("0"));
    }
};

TEST_F(DeputyCommand, has_the_message_and_what_it_was_given_and_nothing_else) {
    EXPECT_EQ(said("cat", "a\nb\n"), "a\nb");
    EXPECT_EQ(said("cat | wc -c", std::string(3'000'000, 'x')), "3000000");
    EXPECT_EQ(said("env | grep -v ^PWD= | sort"), "HOME=" + ann_.home + "\nPATH=/usr/bin:/bin");
    EXPECT_EQ(said("pwd; umask; ulimit -c"), "/\n0077\n0");
    EXPECT_EQ(said("ls -x /proc/self/fd"), "0  1  2  3") << "the last is its own";
}

TEST_F(DeputyCommand, has_its_users_rights_and_no_others) {
    EXPECT_EQ(said("id -u; id -g; id -G"), "61001\n61001\n61001");
    EXPECT_EQ(said("grep -E '^(Uid|Gid)' /proc/self/status | tr -s '\\t' ' '"),
              "Uid: 61001 61001 61001 61001\nGid: 61001 61001 61001 61001");
    EXPECT_EQ(said("grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f 2 | sort -u"),
              "0000000000000000");
    expect(DeputyOutcome::Never, "cat /etc/shadow");
}

TEST_F(DeputyCommand, gets_arguments_as_they_are_and_no_shell_reads_them) {
    CommandOrder order;
    order.arguments = {"/bin/echo", "$(id)", "; id", "`id`", "", "a b"};
    const auto result = deliver(order);
    expect_done(result);
    EXPECT_EQ(result.what, "$(id) ; id `id`  a b");
}

TEST_F(DeputyCommand, tells_by_its_status_whether_to_try_again) {
    for (const int status : {71, 72, 73, 74, 75, 78, 126, 127})
        expect(DeputyOutcome::Later, fmt::format("exit {}", status));
    for (const int status : {1, 2, 64, 65, 66, 67, 68, 69, 70, 76, 77, 99})
        expect(DeputyOutcome::Never, fmt::format("exit {}", status));
    expect(DeputyOutcome::Later, "kill -SEGV $$");
}

TEST_F(DeputyCommand, that_cannot_be_run_is_tried_again) {
    CommandOrder order;
    for (const std::string program : {"/etc/passwd", "/etc", "/nowhere", "/etc/shadow"}) {
        order.arguments = {program};
        expect_later(deliver(order), "running " + program + ": ");
    }
    order.arguments = {"true"};
    expect_later(deliver(order), "absolute path");
}

TEST_F(DeputyCommand, may_ignore_the_message) {
    const auto result = deliver(shell("exec <&-; exit 0"), std::string(3'000'000, 'x'));
    expect_done(result);
}

TEST_F(DeputyCommand, cannot_change_the_message_for_others) {
    EXPECT_EQ(said("echo x >&0 || echo refused; echo x >/proc/self/fd/0 || echo refused", "small\n")
                      .find("refused") != std::string::npos,
              true);
    EXPECT_NE(said("(echo x >/proc/self/fd/0) || echo refused", std::string(3'000'000, 'x')).find("refused"),
              std::string::npos);
}

TEST_F(DeputyCommand, that_floods_is_read_and_cut) {
    auto order = shell("head -c 50000000 /dev/zero | tr '\\0' x; exit 65");
    order.limits.output_bytes = 1000;
    const auto result = deliver(order);
    EXPECT_EQ(result.outcome, DeputyOutcome::Never);
    EXPECT_LE(result.what.size(), 1100U);
    EXPECT_NE(result.what.find(std::string(1000, 'x')), std::string::npos);
}

TEST_F(DeputyCommand, that_leaves_a_process_behind_is_not_waited_for_and_the_process_ends) {
    EXPECT_EQ(said("sleep 3600 & echo $! >$HOME/left; echo done"), "done");
    wait_for_end(number_in("left"));
}

TEST_F(DeputyCommand, that_becomes_a_daemon_holds_nothing_up) {
    EXPECT_EQ(said("setsid sh -c 'echo $$ >$HOME/daemon; exec sleep 3600' & while ! test -s $HOME/daemon; do "
                   "sleep 0.01; "
                   "done; echo done"),
              "done");
    const pid_t daemon = number_in("daemon");
    EXPECT_TRUE(is_alive(daemon));
    kill(daemon, SIGKILL);
}

TEST_F(DeputyCommand, that_never_ends_is_ended) {
    auto order = shell("echo begun; sleep 3600");
    order.limits.time = 1s;
    const auto result = deliver(order);
    expect_later(result, "/bin/sh was ended after 1 s");
    EXPECT_NE(result.what.find("begun"), std::string::npos) << result.what;
}

TEST_F(DeputyCommand, that_ignores_sigterm_is_ended_with_all_it_started) {
    auto order = shell(
        "trap '' TERM; sh -c 'while :; do sleep 1; done' & echo $! >$HOME/left; while :; do sleep 1; done");
    order.limits.time = 1s;
    expect_later(deliver(order), "was ended after 1 s");
    wait_for_end(number_in("left"));
}

TEST_F(DeputyCommand, that_eats_memory_gets_no_more) {
    auto order = shell("x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done");
    order.limits.memory_bytes = 64ULL * 1024 * 1024;
    const auto result = deliver(order);
    EXPECT_NE(result.outcome, DeputyOutcome::Done);
    EXPECT_EQ(result.what.find("was ended after"), std::string::npos) << result.what;
}

TEST_F(DeputyCommand, that_kills_the_process_over_it_costs_only_itself) {
    expect_later(deliver(shell("kill -KILL $PPID; sleep 1")), "without an answer");
    EXPECT_EQ(said("echo still here"), "still here");
}

TEST_F(DeputyCommand, with_limits_beyond_reason_is_refused) {
    auto order = shell("exit 0");
    order.limits.time = 2h;
    expect_later(deliver(order), "between a second and an hour");
    order = shell("exit 0");
    order.arguments.resize(command_arguments_max + 1);
    expect_later(deliver(order), "arguments");
    order = shell("exit 0");
    order.environment.emplace_back("no value");
    expect_later(deliver(order), "NAME=value");
    order = shell(std::string(deputy_request_bytes_max, ' '));
    expect_later(deliver(order), "too long");
}

Task<void> deliver_one(TestDeputy& deputy, SystemUser user, CommandOrder order,
                       std::optional<DeputyResult>& result) {
    Pieces content({"text\n"});
    result = co_await deputy.client->deliver(std::move(user), std::move(order), content);
}

Task<void> call_off_amid(TestDeputy& deputy, SystemUser user, CommandOrder order, std::string file,
                         std::optional<DeputyResult>& result) {
    TaskGroup group(deputy.reactors.first().executor());
    group.spawn(deliver_one(deputy, std::move(user), std::move(order), result));
    while (TestSystem::read(file).value_or("").empty()) co_await deputy.reactors.first().sleep_for(5ms);
    deputy.client->call_off();
    co_await group.join();
}

TEST_F(DeputyCommand, ends_when_it_is_called_off) {
    std::optional<DeputyResult> result;
    deputy_->run(call_off_amid(*deputy_, ann_, shell("echo $$ >$HOME/begun; sleep 3600"),
                               ann_.home + "/begun", result));
    ASSERT_TRUE(result);
    expect_later(*result, "the server stops");
    wait_for_end(number_in("begun"));
}

Task<void> deliver_twice_as_many(TestDeputy& deputy, SystemUser user, CommandOrder order,
                                 std::vector<std::optional<DeputyResult>>& results) {
    TaskGroup group(deputy.reactors.first().executor());
    for (auto& result : results) group.spawn(deliver_one(deputy, user, order, result));
    co_await group.join();
}

TEST_F(DeputyCommand, runs_a_few_times_at_once_and_waits_otherwise) {
    std::vector<std::optional<DeputyResult>> results(3 * deputy_jobs_per_user_max);
    const auto order =
        shell("mkdir -p $HOME/run; touch $HOME/run/$$; ls $HOME/run | wc -l; sleep 0.05; rm $HOME/run/$$");
    deputy_->run(deliver_twice_as_many(*deputy_, ann_, order, results));
    for (const auto& result : results) {
        ASSERT_TRUE(result);
        expect_done(*result);
        EXPECT_LE(std::stoul(result->what), deputy_jobs_per_user_max);
    }
}

}  // namespace
}  // namespace cursus
