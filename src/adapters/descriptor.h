// A non-blocking file descriptor that a task can wait for, with a deadline and a way to cut the wait short.
#pragma once

#include <cstdint>

#include "adapters/real_reactor.h"
#include "adapters/socket_handle.h"
#include "base/result.h"
#include "runtime/stream.h"
#include "runtime/task.h"

namespace cursus {

enum class Readiness : std::uint8_t { ToRead, ToWrite };

// Lives on one reactor. At most one task waits at a time, and nobody may wait when it is destroyed.
class Descriptor final : private DeadlineWheel::Entry, private EventLoop::Watcher {
public:
    // Takes over `fd`, which must be non-blocking. May be made on any thread.
    Descriptor(RealReactor& reactor, int fd) : reactor_(reactor), handle_(fd) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int fd() const { return handle_.get(); }
    bool is_cancelled() const { return is_cancelled_; }
    RealReactor& reactor() { return reactor_; }

    // Returns when reading (writing) would not block, an error being one reason; otherwise TimedOut or
    // Cancelled. It always goes through the reactor's loop, so that who waits has let the others have their
    // turn.
    Task<Result<void, StreamError>> wait(Readiness readiness, Instant deadline);

    void cancel();  // the wait, and every later one, ends with Cancelled; forgotten after that
    void expire();  // the wait that is pending, if any, ends with TimedOut
    void forget();  // nobody waits: the loop looks at it no longer, and it may be destroyed on another thread
    void close();   // nobody waits

private:
    void became_ready() override;
    void deadline_passed() override;
    void resume();

    RealReactor& reactor_;
    SocketHandle handle_;
    std::uint32_t watched_ = 0;  // the events epoll knows of
    bool is_cancelled_ = false;
    bool is_expired_ = false;
    EventLoop::Work waiting_;  // resumes the task that waits
};

}  // namespace cursus
