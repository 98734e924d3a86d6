// The loop of one thread: a queue of work, an inbox for the other threads, and epoll for what becomes ready.
//
// Asio brings the coroutines and their executors; its own reactor is not used. There a wait costs a system
// call on the connection (or a read that fails), and a timer one more: here a session's read costs the read
// itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/execution_context.hpp>

#include "adapters/socket_handle.h"
#include "base/time.h"

namespace cursus {

class EventLoop {
public:
    using Work = std::move_only_function<void()>;

    // Told that its descriptor is ready; from the loop, in a phase in which nothing else of the program runs.
    class Watcher {
    public:
        virtual void became_ready() = 0;

    protected:
        ~Watcher() = default;
    };

    EventLoop();
    ~EventLoop();  // work that was never run is destroyed
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    void post(Work work);  // from any thread; run in order of the calls of one thread, never inside this call
    bool is_current() const { return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
    boost::asio::execution_context& context() { return context_; }

    // `events` are epoll's, level-triggered, and replace what was watched before; 0: nothing any more.
    void watch(int fd, std::uint32_t before, std::uint32_t events, Watcher& watcher);

    // The thread that calls this is the loop's from now on.
    void enter() { thread_.store(std::this_thread::get_id(), std::memory_order_relaxed); }
    void run_queue();  // what is queued now, and what others have posted
    // Waits until something becomes ready or is posted, until `until` at the longest by the clock that read
    // `now`.
    void wait(Instant now, Instant until);
    void stop();  // from any thread
    bool is_stopped() const { return is_stopped_.load(std::memory_order_relaxed); }

private:
    bool take_inbox();
    void look(int milliseconds);
    void clear();

    boost::asio::execution_context context_;
    SocketHandle epoll_;
    SocketHandle wake_;
    std::atomic<std::thread::id> thread_;
    std::atomic<bool> is_stopped_ = false;
    std::atomic<bool> is_asleep_ = false;  // who fills the inbox must wake the loop
    std::deque<Work> queue_;               // the loop's own
    std::mutex mutex_;
    std::vector<Work> inbox_;
};

}  // namespace cursus
