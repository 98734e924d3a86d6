#include "adapters/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace cursus {

namespace {

constexpr std::array taken{SIGTERM, SIGINT, SIGHUP};

// A handler gets nothing but the number: where to write it must be static.
std::atomic<int> tell_fd = -1;

extern "C" void note_signal(int number) {
    const int error = errno;
    const char byte = static_cast<char>(number);
    // A full pipe holds thousands of signals nobody has looked at yet: one more says nothing new.
    [[maybe_unused]] const ssize_t written = write(tell_fd.load(std::memory_order_relaxed), &byte, 1);
    errno = error;
}

}  // namespace

Signals::Pipe Signals::make_pipe() {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
        throw std::system_error(errno, std::system_category(), "pipe2");
    return {ends[0], ends[1]};
}

Signals::Signals(RealReactor& reactor) : Signals(reactor, make_pipe()) {}

Signals::Signals(RealReactor& reactor, Pipe pipe) : told_(reactor, pipe.read), tell_(pipe.write) {
    [[maybe_unused]] const int other = tell_fd.exchange(tell_.get());
    assert(other == -1 && "signals are taken over once");
    for (std::size_t i = 0; i < taken.size(); ++i) {
        struct sigaction action{};
        action.sa_handler = note_signal;
        action.sa_flags = SA_RESTART;
        sigaction(taken[i], &action, &before_[i]);
    }
}

Signals::~Signals() {
    for (std::size_t i = 0; i < taken.size(); ++i) sigaction(taken[i], &before_[i], nullptr);
    tell_fd = -1;
}

Task<int> Signals::next() {
    for (;;) {
        if (told_.is_cancelled()) co_return 0;
        char number = 0;
        if (read(told_.fd(), &number, 1) == 1) {
            told_.forget();
            co_return number;
        }
        co_await told_.wait(Readiness::ToRead, Instant::max());
    }
}

}  // namespace cursus
