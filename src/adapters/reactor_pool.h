// The reactors and their threads.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "adapters/real_reactor.h"
#include "runtime/task.h"

namespace cursus {

// Starts a thread for each of `count` reactors (0: one for each core) and ignores SIGPIPE for the process:
// OpenSSL writes to sockets without asking for silence. The destructor stops and joins the threads; every
// task should have been joined by then, what still waits is destroyed. A task that throws ends the program.
class ReactorPool {
public:
    explicit ReactorPool(unsigned count);
    ~ReactorPool();
    ReactorPool(const ReactorPool&) = delete;
    ReactorPool& operator=(const ReactorPool&) = delete;

    std::vector<Reactor*> reactors() const;
    RealReactor& first() { return *reactors_.front(); }
    // Ends the threads. Threads of others that may be about to post to a reactor must have ended between this
    // and the destructor, which does the same when it was not done.
    void stop();
    // Runs `task` on the first reactor; returns when it has ended. From a thread that is no reactor's.
    void run(Task<void> task);

private:
    std::vector<std::unique_ptr<RealReactor>> reactors_;
    std::vector<std::thread> threads_;
};

}  // namespace cursus
