// Lookups that block, on threads of one table's own: a slow database delays nobody but those who ask it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/thread_pool.h"
#include "base/time.h"
#include "runtime/table.h"

namespace cursus {

using LookupDeadline = std::chrono::steady_clock::time_point;

inline constexpr unsigned table_threads = 4;       // connections, too
inline constexpr std::size_t lookups_max = 1'000;  // of one table at once; more are told so at once

// Whoever asks has an answer in time even when the work does not end: a thread that hangs in a library is
// waited for by the destructor alone.
class LookupPool {
public:
    // Runs on a thread of the pool, and must not throw; should be over by the deadline.
    using Work = std::move_only_function<TableAnswer(LookupDeadline)>;

    LookupPool(std::string table, Duration time_max);
    ~LookupPool();
    LookupPool(const LookupPool&) = delete;
    LookupPool& operator=(const LookupPool&) = delete;

    Task<TableAnswer> run(Work work);

private:
    struct Job;
    using JobPtr = std::shared_ptr<Job>;

    bool admit(const JobPtr& job);
    void perform(const JobPtr& job);
    void answer(const JobPtr& job, TableAnswer answer);
    void keep_time();
    TableAnswer trouble(std::string_view why) const;

    const std::string table_;
    const Duration time_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<JobPtr> open_;    // not answered yet; all have the same time, so the first is due first
    std::size_t accepted_ = 0;  // waiting or running, answered or not
    bool stopping_ = false;
    ThreadPool threads_{table_threads};
    std::thread timekeeper_{[this] { keep_time(); }};
};

}  // namespace cursus
