// Questions that block, on threads of their own: whoever asks has an answer in time even when the work does
// not end, and what nobody waits for any more is not begun. A thread that hangs in a library is waited for by
// the destructor alone.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.h"
#include "runtime/completion.h"
#include "runtime/task.h"

namespace cursus {

using LookupDeadline = std::chrono::steady_clock::time_point;

struct TimedPoolLimits {
    unsigned threads = 0;
    std::size_t waiting_max = 0;  // more are told so at once
    Duration time_max{};
};

template <class Answer>
class TimedPool {
public:
    // Runs on a thread of the pool, and must not throw; should be over by the deadline.
    using Work = std::move_only_function<Answer(LookupDeadline)>;
    // The answer that there is none, and why.
    using Trouble = std::function<Answer(std::string why)>;

    TimedPool(const TimedPoolLimits& limits, Trouble trouble)
        : limits_(limits), trouble_(std::move(trouble)) {
        for (unsigned i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { work(); });
        threads_.emplace_back([this] { keep_time(); });
    }
    // Whoever still waits is told so.
    ~TimedPool() {
        {
            const std::lock_guard lock(mutex_);
            is_stopping_ = true;
            waiting_.clear();
        }
        changed_.notify_all();
        while (const JobPtr job = first_open()) answer(*job, trouble_(std::string(closing)));
        for (std::thread& thread : threads_) thread.join();
    }
    TimedPool(const TimedPool&) = delete;
    TimedPool& operator=(const TimedPool&) = delete;

    Task<Answer> run(Work work) {
        Completion<Answer> completion;
        auto job = std::make_shared<Job>(std::move(work), deadline(), &completion, Place());
        const std::string refusal = admit(std::move(job));
        if (!refusal.empty()) co_return trouble_(refusal);
        co_return co_await completion.wait();
    }

private:
    static constexpr std::string_view closing = "it is being closed";
    struct Job;
    using JobPtr = std::shared_ptr<Job>;
    using Place = typename std::list<JobPtr>::iterator;
    struct Job {
        Work work;
        LookupDeadline deadline;
        Completion<Answer>* waiter;  // until it is answered; then it may be gone
        Place place;
    };

    LookupDeadline deadline() const {
        return std::chrono::steady_clock::now() +
               std::chrono::duration_cast<LookupDeadline::duration>(limits_.time_max);
    }

    // Why it is not done; empty: it will be.
    std::string admit(JobPtr job) {
        const std::lock_guard lock(mutex_);
        if (is_stopping_) return std::string(closing);
        if (open_.size() >= limits_.waiting_max)
            return fmt::format("{} lookups wait for it already", limits_.waiting_max);
        job->place = open_.insert(open_.end(), job);
        waiting_.push_back(std::move(job));
        changed_.notify_all();
        return {};
    }

    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
            if (is_stopping_) return;
            const JobPtr job = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            answer(*job, job->work(job->deadline));
            lock.lock();
        }
    }

    void answer(Job& job, Answer given) {
        Completion<Answer>* waiter = nullptr;
        {
            const std::lock_guard lock(mutex_);
            waiter = std::exchange(job.waiter, nullptr);
            if (waiter == nullptr) return;
            open_.erase(job.place);
        }
        waiter->complete(std::move(given));
    }

    JobPtr first_open() {
        const std::lock_guard lock(mutex_);
        return open_.empty() ? nullptr : open_.front();
    }

    void keep_time() {
        std::unique_lock lock(mutex_);
        while (!is_stopping_) {
            if (open_.empty()) {
                changed_.wait(lock);
                continue;
            }
            const JobPtr first = open_.front();
            if (std::chrono::steady_clock::now() < first->deadline) {
                changed_.wait_until(lock, first->deadline);
                continue;
            }
            std::erase(waiting_, first);
            lock.unlock();
            answer(*first, trouble_("no answer in time"));
            lock.lock();
        }
    }

    const TimedPoolLimits limits_;
    const Trouble trouble_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<JobPtr> open_;      // not answered yet; all have the same time, so the first is due first
    std::deque<JobPtr> waiting_;  // those of them that are not begun
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace cursus
