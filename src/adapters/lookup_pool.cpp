#include "adapters/lookup_pool.h"

#include <utility>

#include <fmt/format.h>

#include "runtime/completion.h"

namespace cursus {

struct LookupPool::Job {
    Work work;
    LookupDeadline deadline;
    Completion<TableAnswer>* waiter;  // until it is answered; then it may be gone
    std::list<JobPtr>::iterator place;
};

LookupPool::LookupPool(std::string table, Duration time_max)
    : table_(std::move(table)), time_max_(time_max) {}

LookupPool::~LookupPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    timekeeper_.join();
}

Task<TableAnswer> LookupPool::run(Work work) {
    Completion<TableAnswer> completion;
    const auto job = std::make_shared<Job>(
        std::move(work),
        std::chrono::steady_clock::now() + std::chrono::duration_cast<LookupDeadline::duration>(time_max_),
        &completion, std::list<JobPtr>::iterator());
    if (!admit(job)) co_return trouble(fmt::format("{} lookups wait for it already", lookups_max));
    threads_.run([this, job] { perform(job); });
    co_return co_await completion.wait();
}

bool LookupPool::admit(const JobPtr& job) {
    const std::lock_guard lock(mutex_);
    if (accepted_ >= lookups_max) return false;
    ++accepted_;
    job->place = open_.insert(open_.end(), job);
    if (open_.size() == 1) changed_.notify_all();
    return true;
}

void LookupPool::perform(const JobPtr& job) {
    if (std::chrono::steady_clock::now() < job->deadline) answer(job, job->work(job->deadline));
    const std::lock_guard lock(mutex_);
    --accepted_;
}

void LookupPool::answer(const JobPtr& job, TableAnswer answer) {
    Completion<TableAnswer>* waiter = nullptr;
    {
        const std::lock_guard lock(mutex_);
        waiter = std::exchange(job->waiter, nullptr);
        if (waiter == nullptr) return;
        open_.erase(job->place);
    }
    waiter->complete(std::move(answer));
}

void LookupPool::keep_time() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (open_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const JobPtr first = open_.front();
        if (std::chrono::steady_clock::now() < first->deadline) {
            changed_.wait_until(lock, first->deadline);
            continue;
        }
        lock.unlock();
        answer(first, trouble("no answer in time"));
        lock.lock();
    }
}

TableAnswer LookupPool::trouble(std::string_view why) const {
    return failure(TableTrouble{fmt::format("table {}: {}", table_, why)});
}

}  // namespace cursus
