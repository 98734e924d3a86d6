// SIGTERM, SIGINT and SIGHUP as something a task waits for.
#pragma once

#include <signal.h>

#include <array>

#include "adapters/descriptor.h"
#include "adapters/real_reactor.h"
#include "runtime/task.h"

namespace cursus {

// Takes the three signals over for the process, for as long as it lives; there is one at a time. Its tasks
// are those of the given reactor; while none of them waits it may be destroyed on any thread.
class Signals {
public:
    explicit Signals(RealReactor& reactor);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    // The next signal's number, or 0 once cancel() was called. One task at a time.
    Task<int> next();
    void cancel() { told_.cancel(); }

private:
    struct Pipe {
        int read, write;
    };
    Signals(RealReactor& reactor, Pipe pipe);
    static Pipe make_pipe();

    Descriptor told_;
    SocketHandle tell_;
    std::array<struct sigaction, 3> before_{};
};

}  // namespace cursus
