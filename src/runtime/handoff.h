// What other reactors (or any thread) hand to one task.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "runtime/suspend.h"
#include "runtime/task.h"

namespace cursus {

// Unbounded: whoever posts must have a bound of its own on what it has posted and not yet seen answered.
template <class T>
class Handoff {
public:
    // From any thread. What is posted after close() is kept for a last drain().
    void post(T item) {
        Resume resume;
        {
            const std::lock_guard lock(mutex_);
            items_.push_back(std::move(item));
            resume = std::exchange(resume_, nullptr);
        }
        if (resume) resume();
    }
    void close() {
        Resume resume;
        {
            const std::lock_guard lock(mutex_);
            is_closed_ = true;
            resume = std::exchange(resume_, nullptr);
        }
        if (resume) resume();
    }

    // One task at a time. Everything there is, in order; waits while there is nothing. Empty: closed.
    Task<std::vector<T>> drain() {
        co_await suspend([this](Resume resume) {
            {
                const std::lock_guard lock(mutex_);
                if (items_.empty() && !is_closed_) {
                    resume_ = std::move(resume);
                    return;
                }
            }
            resume();
        });
        co_return take();
    }
    std::vector<T> take() {  // what is there now, without waiting
        const std::lock_guard lock(mutex_);
        return std::exchange(items_, {});
    }

private:
    std::mutex mutex_;
    std::vector<T> items_;
    bool is_closed_ = false;
    Resume resume_;
};

}  // namespace cursus
