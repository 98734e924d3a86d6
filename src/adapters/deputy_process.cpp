#include "adapters/deputy_process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "adapters/deputy_job.h"
#include "adapters/deputy_protocol.h"
#include "adapters/passed_descriptors.h"
#include "base/wipe.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;
using Moment = std::chrono::steady_clock::time_point;

// Between SIGTERM and SIGKILL: longer than a job takes to see its command off.
constexpr auto deputy_time_to_end = 10s;
constexpr int socket_fd = 3;

Moment now() {
    return std::chrono::steady_clock::now();
}

class Desk {
public:
    explicit Desk(int children) : children_(children) {}
    void serve();  // until the server has gone and nothing runs

private:
    struct Job {
        pid_t leader;  // of a session of its own
        Moment deadline;
        bool is_told = false;
    };

    void wait();
    void take_request();
    void start(const DeputyRequest& request, const Packet& packet);
    void reap();
    void end_what_is_late();
    static void end(Job& job);
    int milliseconds_left() const;

    int children_;
    bool is_open_ = true;
    std::vector<Job> jobs_;
};

void Desk::serve() {
    while (is_open_ || !jobs_.empty()) {
        wait();
        reap();
        end_what_is_late();
    }
}

int Desk::milliseconds_left() const {
    if (jobs_.empty()) return -1;
    const auto next = std::ranges::min_element(jobs_, {}, &Job::deadline)->deadline;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void Desk::wait() {
    const bool takes_more = is_open_ && jobs_.size() < deputy_jobs_max + deputy_questions_max;
    std::array<pollfd, 2> watched{
        pollfd{children_, POLLIN, 0},
        // Its end is seen in any case.
        pollfd{is_open_ ? socket_fd : -1, static_cast<short>(takes_more ? POLLIN : 0), 0}};
    if (poll(watched.data(), watched.size(), milliseconds_left()) <= 0) return;
    signalfd_siginfo told{};
    if (watched[0].revents != 0) [[maybe_unused]]
        const ssize_t got = read(children_, &told, sizeof told);
    const bool has_ended = (watched[1].revents & (POLLHUP | POLLERR)) != 0;
    if (has_ended) {
        is_open_ = false;
        for (Job& job : jobs_) end(job);
    } else if (watched[1].revents != 0) {
        take_request();
    }
}

// What makes no sense is dropped with its descriptors: whoever sent it sees that no answer will come.
void Desk::take_request() {
    auto packet = receive_packet(socket_fd, deputy_request_bytes_max);
    if (!packet || packet->descriptors.empty()) return;
    auto request = decode_deputy_request(packet->bytes);
    wipe(packet->bytes);
    if (!request) return;
    start(*request, *packet);
    forget_secrets(*request);
}

void Desk::start(const DeputyRequest& request, const Packet& packet) {
    const int reply = packet.descriptors.front().get();
    const int content = packet.descriptors.size() > 1 ? packet.descriptors.back().get() : -1;
    const pid_t leader = fork();
    if (leader == 0) run_job(request, {reply, content});
    if (leader > 0) {
        jobs_.push_back({leader, now() + job_time_max(request.work)});
        return;
    }
    const std::string told = encode(failed_reply(
        request.work, "the deputy cannot start a process: " + std::system_category().message(errno)));
    [[maybe_unused]] const ssize_t sent = send(reply, told.data(), told.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// What a job leaves behind ends with it. Its number is nobody else's before it has been waited for.
void Desk::reap() {
    siginfo_t ended{};
    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0) {
        kill(-ended.si_pid, SIGKILL);
        waitpid(ended.si_pid, nullptr, 0);
        std::erase_if(jobs_, [&ended](const Job& job) { return job.leader == ended.si_pid; });
        ended = {};
    }
}

void Desk::end(Job& job) {
    kill(-job.leader, job.is_told ? SIGKILL : SIGTERM);
    job.is_told = true;
    job.deadline = now() + deputy_time_to_end;
}

void Desk::end_what_is_late() {
    const Moment time = now();
    for (Job& job : jobs_) {
        if (job.deadline <= time) end(job);
    }
}

// ---- becoming the deputy

// All that it needs of what root may. What it becomes for a job has nothing of it.
bool keep_only_what_is_needed() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (syscall(SYS_capget, &header, sets.data()) != 0) return false;
    constexpr std::uint32_t needed = 1U << CAP_SETUID | 1U << CAP_SETGID | 1U << CAP_KILL;
    const std::uint32_t kept = sets[0].permitted & needed;
    sets = {};
    sets[0].permitted = sets[0].effective = kept;
    return kept == needed && syscall(SYS_capset, &header, sets.data()) == 0;
}

// Standard error stays, for what a crash has to say; nothing else that the server had open.
bool arrange(int socket) {
    const int nowhere = open("/dev/null", O_RDWR);
    if (nowhere < 0 || dup2(nowhere, STDIN_FILENO) < 0 || dup2(nowhere, STDOUT_FILENO) < 0) return false;
    if (socket != socket_fd && dup3(socket, socket_fd, O_CLOEXEC) < 0) return false;
    return close_range(socket_fd + 1, ~0U, 0) == 0;
}

[[noreturn]] void be_the_deputy(int socket) {
    prctl(PR_SET_NAME, "cursus-deputy");
    setsid();
    // It ends when the server has: a signal to all processes of a service must not part them before.
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) std::signal(number, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, nullptr);
    if (chdir("/") != 0 || !arrange(socket) || !keep_only_what_is_needed()) _exit(1);
    const int told = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (told < 0) _exit(1);
    Desk(told).serve();
    _exit(0);
}

std::unexpected<std::string> no_deputy(std::string_view what) {
    return failure(fmt::format("starting the deputy: {}: {}", what, std::system_category().message(errno)));
}

}  // namespace

Result<DeputyLink, std::string> start_deputy() {
    if (geteuid() != 0)
        return failure("not started as root: mailboxes of system users, forward files and commands need it");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return no_deputy("socketpair");
    SocketHandle ours(ends[0]), theirs(ends[1]);
    // A signal to both must not find the deputy before it ignores them.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    const pid_t process = fork();
    if (process == 0) be_the_deputy(theirs.get());
    const int error = errno;
    sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    if (process < 0) return no_deputy("fork");
    fcntl(ours.get(), F_SETFL, O_NONBLOCK);
    return DeputyLink{std::move(ours), process};
}

}  // namespace cursus
