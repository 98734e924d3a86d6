#include "adapters/thread_pool.h"

#include <pthread.h>

#include <utility>

namespace cursus {

ThreadPool::ThreadPool(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { work(); });
        pthread_setname_np(threads_.back().native_handle(), "offload");
    }
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    filled_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::run(std::move_only_function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(work));
    }
    filled_.notify_one();
}

void ThreadPool::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        auto next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        next();
    }
}

}  // namespace cursus
