// The deputy itself: whom it obeys, what it refuses, and when it ends.
#include "adapters/deputy_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "adapters/passed_descriptors.h"
#include "adapters/tests/deputy_system.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

// What a server in the hands of an attacker can send.
class HostileServer : public testing::Test {
protected:
    void SetUp() override {
        if (!system_.why_not().empty()) GTEST_SKIP() << system_.why_not();
        system_.clean();
        auto started = start_deputy();
        ASSERT_TRUE(started) << started.error();
        link_ = *std::move(started);
        fcntl(link_.socket.get(), F_SETFL, 0);
    }
    void TearDown() override {
        if (link_.process < 0) return;
        link_.socket.close();
        int status = 0;
        EXPECT_EQ(waitpid(link_.process, &status, 0), link_.process);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }

    // All that comes back; nothing: it was dropped.
    std::string ask(std::string_view packet, int content = -1) {
        int ends[2];
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        const SocketHandle ours(ends[0]);
        SocketHandle theirs(ends[1]);
        std::vector<int> descriptors{theirs.get()};
        if (content >= 0) descriptors.push_back(content);
        EXPECT_EQ(send_packet(link_.socket.get(), packet, descriptors), 0);
        theirs.close();
        std::string text;
        char buffer[4096];
        for (ssize_t got = 1; got > 0;) {
            got = ::read(ours.get(), buffer, sizeof buffer);
            if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
        }
        return text;
    }
    std::string failure_of(const DeputyRequest& request, int content = -1) {
        const auto reply = decode_deputy_reply(ask(encode(request), content));
        if (!reply) return "no reply: " + reply.error();
        if (const auto* read = std::get_if<ReadReply>(&*reply))
            return read->outcome == ReadOutcome::Failed ? read->text : "read";
        const auto& result = std::get<DeputyResult>(*reply);
        return result.outcome == DeputyOutcome::Later ? result.what : "done";
    }
    void expect_still_good() {
        system_.write(system_.ann().home + "/.forward", "x", system_.ann());
        EXPECT_EQ(failure_of({"ann", system_.ann().uid, ReadOrder{system_.ann().home + "/.forward"}}),
                  "read");
    }

    TestSystem& system_ = TestSystem::shared();
    DeputyLink link_;
};

TEST_F(HostileServer, gets_nothing_done_as_root) {
    for (const std::string name : {"root", "toor", "ann"})
        EXPECT_EQ(ask(encode(DeputyRequest{name, 0, ReadOrder{"/etc/shadow"}})), "");
    // Whatever number it gives for a user who is root.
    for (const std::string name : {"root", "toor"})
        EXPECT_EQ(failure_of({name, 61001, ReadOrder{"/etc/shadow"}}),
                  "the user " + name + " has another number now");
    EXPECT_EQ(failure_of({"wheel", 61003, ReadOrder{"/etc/shadow"}}),
              "nothing is done as wheel, who has root's rights");
    expect_still_good();
}

TEST_F(HostileServer, cannot_mix_one_users_name_with_anothers_number) {
    EXPECT_EQ(failure_of({"ann", system_.bob().uid, ReadOrder{"/etc/passwd"}}),
              "the user ann has another number now");
    EXPECT_EQ(failure_of({"no-such-user", 61001, ReadOrder{"/etc/passwd"}}),
              "there is no user no-such-user any more");
}

TEST_F(HostileServer, is_dropped_when_it_talks_nonsense) {
    EXPECT_EQ(ask("nonsense"), "");
    EXPECT_EQ(ask(std::string(deputy_request_bytes_max, '\xff')), "");
    EXPECT_EQ(ask(std::string(deputy_request_bytes_max + 1, 'x')), "");
    const std::string good = encode(DeputyRequest{"ann", 61001, ReadOrder{"/etc/passwd"}});
    for (std::size_t size = 1; size < good.size(); ++size) EXPECT_EQ(ask(good.substr(0, size)), "");
    expect_still_good();
}

TEST_F(HostileServer, cannot_leave_descriptors_with_it) {
    const SocketHandle file(open("/dev/null", O_RDONLY | O_CLOEXEC));
    const std::string good = encode(DeputyRequest{"ann", 61001, ReadOrder{"/etc/passwd"}});
    EXPECT_EQ(send_packet(link_.socket.get(), good, {}), 0);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(send_packet(link_.socket.get(), "x", {file.get(), file.get()}), 0);
    expect_still_good();
    std::size_t open_ones = 0;
    for ([[maybe_unused]] const auto& one :
         std::filesystem::directory_iterator("/proc/" + std::to_string(link_.process) + "/fd"))
        ++open_ones;
    EXPECT_LE(open_ones, 6U) << "three standard ones, the socket, signals, and a request";
}

TEST_F(HostileServer, must_give_the_message_as_a_file) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const SocketHandle read_end(ends[0]), write_end(ends[1]);
    const DeputyRequest request{"ann", 61001, MaildirOrder{system_.ann().home + "/Maildir", "one"}};
    EXPECT_EQ(failure_of(request, read_end.get()), "the message did not come as a file");
    EXPECT_EQ(failure_of(request), "the message did not come as a file");
    expect_still_good();
}

TEST_F(HostileServer, cannot_make_it_do_more_at_once_than_it_does) {
    CommandOrder order;
    order.arguments = {"/bin/sleep", "3600"};
    const SocketHandle file(open("/dev/null", O_RDONLY | O_CLOEXEC));
    const SocketHandle empty(memfd_create("empty", MFD_CLOEXEC));
    const std::string packet = encode(DeputyRequest{"ann", 61001, order});
    fcntl(link_.socket.get(), F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 100; ++i) send_packet(link_.socket.get(), packet, {file.get(), empty.get()});
    std::this_thread::sleep_for(200ms);
    const auto children = TestSystem::read("/proc/" + std::to_string(link_.process) + "/task/" +
                                           std::to_string(link_.process) + "/children")
                              .value_or("");
    EXPECT_LE(static_cast<std::size_t>(std::ranges::count(children, ' ')),
              deputy_jobs_max + deputy_questions_max);
}

TEST_F(HostileServer, leaves_nothing_running_when_it_is_gone) {
    CommandOrder order;
    order.arguments = {"/bin/sh", "-c", "echo $$ >" + system_.ann().home + "/begun; exec sleep 3600"};
    const SocketHandle nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
    const SocketHandle empty(memfd_create("empty", MFD_CLOEXEC));
    ASSERT_EQ(send_packet(link_.socket.get(), encode(DeputyRequest{"ann", 61001, order}),
                          {nowhere.get(), empty.get()}),
              0);
    std::string number;
    while (number.empty()) number = TestSystem::read(system_.ann().home + "/begun").value_or("");
    TearDown();
    link_.process = -1;
    while (kill(std::stoi(number), 0) == 0) std::this_thread::sleep_for(10ms);
}

TEST_F(HostileServer, does_not_lose_it_by_a_signal_to_all_of_a_service) {
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) kill(link_.process, number);
    expect_still_good();
}

TEST_F(HostileServer, finds_few_of_roots_rights_there) {
    expect_still_good();
    const auto status = TestSystem::read("/proc/" + std::to_string(link_.process) + "/status").value_or("");
    EXPECT_NE(status.find("CapEff:\t00000000000000e0\n"), std::string::npos) << "KILL, SETGID, SETUID\n"
                                                                             << status;
    EXPECT_NE(status.find("CapPrm:\t00000000000000e0\n"), std::string::npos);
}

class DeputyEnd : public DeputyTest {};

Task<void> be_told(DeputyClient& client, std::string& why) {
    client.when_lost([&why](std::string told) { why = std::move(told); });
    co_return;
}

Task<void> wait_until_told(RealReactor& reactor, std::string& why) {
    while (why.empty()) co_await reactor.sleep_for(5ms);
}

TEST_F(DeputyEnd, is_told_and_everything_is_put_off_from_then_on) {
    std::string why;
    deputy_->run(be_told(*deputy_->client, why));
    EXPECT_EQ(deputy_->client->why_absent(), "");
    kill(deputy_->process, SIGKILL);
    deputy_->run(wait_until_told(deputy_->reactors.first(), why));
    EXPECT_NE(why.find("restart the server"), std::string::npos) << why;
    EXPECT_EQ(deputy_->client->why_absent(), why);
    expect_later(deliver(MaildirOrder{ann_.home + "/Maildir", "one"}), why);
    expect_unreadable(ann_.home + "/.forward", why);
}

}  // namespace
}  // namespace cursus
