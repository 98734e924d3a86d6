// Running a command: no shell, the message as its standard input, and a watch over its time and its output.
//
// The job's process leads a process group that the command belongs to, and ignores SIGTERM itself. Whatever
// of the group is left when the job has ended is killed by the deputy; a daemon with a session of its own
// lives on, and holds nothing up, since the output is read to the command's end and not to the end of all who
// have it open.
//
// RLIMIT_NPROC stays as it is: it counts all of the user's processes, so that no number fits every user. No
// PR_SET_NO_NEW_PRIVS either: what such commands start (a lock helper, sendmail) may be set-group-id.
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;
using Moment = std::chrono::steady_clock::time_point;

constexpr auto command_time_to_end = 5s;  // between SIGTERM and SIGKILL
constexpr rlim_t command_open_files_max = 1024;
constexpr std::size_t piped_bytes_max = 256 * 1024;  // of what is in the pipe when the command has ended
constexpr int not_executed = 127;

// ---- the command's side of the fork

void limit(int what, rlim_t most) {
    rlimit now{};
    if (getrlimit(static_cast<__rlimit_resource>(what), &now) != 0) return;
    now.rlim_max = std::min(now.rlim_max, most);
    now.rlim_cur = std::min(now.rlim_cur, now.rlim_max);
    setrlimit(static_cast<__rlimit_resource>(what), &now);
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

// Says in `trouble`, which closes by itself when the command runs, why it does not.
[[noreturn]] void become_command(const CommandOrder& order, int output, int trouble) {
    const auto arguments = pointers_to(order.arguments), environment = pointers_to(order.environment);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ}) std::signal(number, SIG_DFL);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(order.limits.time).count();
    limit(RLIMIT_CPU, static_cast<rlim_t>(seconds));
    limit(RLIMIT_NOFILE, command_open_files_max);
    limit(RLIMIT_AS, order.limits.memory_bytes);
    execve(arguments.front(), arguments.data(), environment.data());
    const int error = errno;
    [[maybe_unused]] const ssize_t told = write(trouble, &error, sizeof error);
    _exit(not_executed);
}

// ---- what its end means

// Temporary: what is wrong with this host, its files or its set-up, which can be put right while the message
// waits, and what a script's shell says when a program is missing. Everything else is the command's word on
// the message.
bool is_temporary(int status) {
    switch (status) {
        case EX_OSERR:
        case EX_OSFILE:
        case EX_CANTCREAT:
        case EX_IOERR:
        case EX_TEMPFAIL:
        case EX_CONFIG:
        case 126:
        case 127:
            return true;
        default:
            return false;
    }
}

std::string with_output(const std::string& what, const std::string& output) {
    return output.empty() ? what : what + ": " + output;
}

DeputyResult result_of_end(const std::string& program, int wait_status, const std::string& output) {
    if (WIFSIGNALED(wait_status)) {
        const std::string what = fmt::format("{} was ended by signal {}", program, WTERMSIG(wait_status));
        return {DeputyOutcome::Later, with_output(what, output)};
    }
    const int status = WEXITSTATUS(wait_status);
    if (status == EX_OK) return {DeputyOutcome::Done, output};
    const auto outcome = is_temporary(status) ? DeputyOutcome::Later : DeputyOutcome::Never;
    return {outcome, with_output(fmt::format("{} ended with status {}", program, status), output)};
}

DeputyResult trouble_of(std::string_view what, int error) {
    return {DeputyOutcome::Later, fmt::format("{}: {}", what, std::system_category().message(error))};
}

// ---- the watch

class Watch {
public:
    Watch(const CommandOrder& order, pid_t command, int output, int children)
        : order_(order), command_(command), output_(output), children_(children) {}

    DeputyResult until_end();

private:
    enum class Stage : std::uint8_t { Running, Told };
    bool has_ended();
    void wait();
    std::size_t read_some();  // 0: nothing there now, or ever
    void drain();
    void end(std::string why);  // asks it to, and makes it when it does not
    const std::string& program() const { return order_.arguments.front(); }

    const CommandOrder& order_;
    pid_t command_;
    int output_, children_;
    std::string kept_;
    bool is_output_open_ = true;
    Stage stage_ = Stage::Running;
    std::string why_;  // it has to end
    Moment next_ = std::chrono::steady_clock::now() + order_.limits.time;
    int wait_status_ = 0;
};

bool Watch::has_ended() {
    return waitpid(command_, &wait_status_, WNOHANG) == command_;
}

void Watch::wait() {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - std::chrono::steady_clock::now());
    const int milliseconds = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    std::array<pollfd, 3> watched{pollfd{children_, POLLIN, 0},
                                  pollfd{is_output_open_ ? output_ : -1, POLLIN, 0},
                                  pollfd{stage_ == Stage::Running ? reply_fd : -1, 0, 0}};
    if (poll(watched.data(), watched.size(), milliseconds) <= 0) return;
    signalfd_siginfo told{};
    if (watched[0].revents != 0) [[maybe_unused]]
        const ssize_t got = read(children_, &told, sizeof told);
    if (watched[1].revents != 0) read_some();
    if (watched[2].revents != 0) end("since nobody waits for it any more");
}

std::size_t Watch::read_some() {
    std::array<char, 16 * 1024> buffer;
    const ssize_t got = read(output_, buffer.data(), buffer.size());
    if (got < 0) return 0;
    if (got == 0) is_output_open_ = false;
    const auto size = static_cast<std::size_t>(got);
    kept_.append(buffer.data(), std::min<std::size_t>(size, order_.limits.output_bytes - kept_.size()));
    return size;
}

void Watch::drain() {
    std::size_t drained = 0;
    while (drained < piped_bytes_max) {
        const std::size_t size = read_some();
        if (size == 0) return;
        drained += size;
    }
}

void Watch::end(std::string why) {
    next_ = std::chrono::steady_clock::now() + command_time_to_end;
    if (stage_ != Stage::Running) {
        kill(command_, SIGKILL);
        return;
    }
    stage_ = Stage::Told;
    why_ = std::move(why);
    kill(0, SIGTERM);
}

DeputyResult Watch::until_end() {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(order_.limits.time).count();
    while (!has_ended()) {
        if (std::chrono::steady_clock::now() >= next_) end(fmt::format("after {} s", seconds));
        wait();
    }
    drain();
    while (!kept_.empty() && (kept_.back() == '\n' || kept_.back() == '\r')) kept_.pop_back();
    if (stage_ == Stage::Running) return result_of_end(program(), wait_status_, kept_);
    return {DeputyOutcome::Later, with_output(fmt::format("{} was ended {}", program(), why_), kept_)};
}

SocketHandle watch_children() {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    return SocketHandle(signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
}

struct Pipe {
    SocketHandle read{-1}, write{-1};
    explicit Pipe(int flags) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC | flags) != 0) return;
        read = SocketHandle(ends[0]);
        write = SocketHandle(ends[1]);
    }
    explicit operator bool() const { return static_cast<bool>(read); }
};

}  // namespace

DeputyResult run_command(const CommandOrder& order) {
    const SocketHandle children = watch_children();
    Pipe output(0), trouble(0);
    if (!children || !output || !trouble) return trouble_of("making a pipe", errno);
    const pid_t command = fork();
    if (command < 0) return trouble_of("starting a process", errno);
    if (command == 0) become_command(order, output.write.get(), trouble.write.get());
    output.write.close();
    trouble.write.close();
    int error = 0;
    if (read(trouble.read.get(), &error, sizeof error) == sizeof error) {
        waitpid(command, nullptr, 0);
        return trouble_of("running " + order.arguments.front(), error);
    }
    fcntl(output.read.get(), F_SETFL, O_NONBLOCK);
    return Watch(order, command, output.read.get(), children.get()).until_end();
}

}  // namespace cursus
