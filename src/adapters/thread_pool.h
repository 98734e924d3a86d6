// Threads for work that blocks.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/reactor.h"

namespace cursus {

inline constexpr unsigned offload_threads_default = 4;

// The queue has no bound of its own: each piece of work has a task that waits for it, and tasks are bounded.
// The destructor finishes what was queued.
class ThreadPool final : public Offload {
public:
    explicit ThreadPool(unsigned threads = offload_threads_default);
    ~ThreadPool() override;
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    void run(std::move_only_function<void()> work) override;

private:
    void work();

    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<std::move_only_function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace cursus
