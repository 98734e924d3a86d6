// Group commit: what arrives while one write is in flight goes out as the next one. No timer, no added
// latency.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "queue/health.h"
#include "queue/queue.h"
#include "queue/wake_groups.h"

namespace cursus {

enum class Precedence : std::uint8_t {
    Settlement,  // what became of mail: goes first, is kept and tried again until the store takes it
    Acceptance,  // new mail: fails when the store fails
};

// Thread-safe. Changes of one precedence are kept in the order in which they came. Two changes that may be in
// the committer at once must not put and erase the same key: the callers see to that.
class Committer : public std::enable_shared_from_this<Committer> {
public:
    // Runs on the executor it came with; with an error only for acceptances, or for anything once stop() was
    // called.
    using Done = std::move_only_function<void(const Result<void, StoreError>&)>;

    static constexpr std::size_t batch_bytes_max = 8 * 1024 * 1024;  // unless one change alone is bigger

    // `home`'s clock times the retries.
    Committer(Store& store, Health& health, Executor home, Clock& clock)
        : store_(store), health_(health), home_(std::move(home)), clock_(clock) {}

    void add(Precedence precedence, Batch batch, Executor where, Done done);
    // The same for a task, which runs on `here`: returns once it is kept or has failed.
    Task<Result<void, StoreError>> keep(Precedence precedence, Batch batch, Executor here);

    // The end is near: what the store still refuses at `latest` is given up, instead of being tried for ever.
    void give_up_at(Instant latest);
    // Returns when nothing is in flight or waiting; what the store still refuses then is given up.
    Task<void> stop();
    // The store is going away: whatever comes from now on is dropped.
    void close();

private:
    struct Change {
        Batch batch;
        std::size_t bytes;
        Executor where;
        Done done;
    };
    using Changes = std::deque<Change>;
    using Stopped = std::optional<std::pair<Executor, Resume>>;

    bool is_idle() const { return settlements_.empty() && acceptances_.empty() && written_.empty(); }
    bool compose(Batch& batch);
    void move_into(Batch& batch, Changes& from, std::size_t& bytes);
    Stopped write_next();
    void written(const Result<void, StoreError>& result);
    std::vector<Change> set_aside(const StoreError& error);
    void pause();
    static void wake(std::vector<Change> changes, const Result<void, StoreError>& result);
    static void wake(Stopped stopped);

    Store& store_;
    Health& health_;
    const Executor home_;
    Clock& clock_;

    std::mutex mutex_;
    Changes settlements_, acceptances_;    // waiting
    std::vector<Change> written_;          // in flight: settlements first; theirs keep their batch
    std::size_t settlements_written_ = 0;  // of written_
    bool is_writing_ = false;
    bool is_paused_ = false;         // until the store is tried again
    bool settlements_only_ = false;  // the next write: perhaps there is room for these alone
    bool is_stopping_ = false;
    Instant patience_ends_ = Instant::max();
    bool is_closed_ = false;
    Stopped stopped_;  // who waits in stop()
};

}  // namespace cursus
