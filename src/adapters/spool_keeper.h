// What happens behind the writes, on a thread of its own: the index is flushed when a segment was closed,
// dead segments go, a spare is kept ready, old segments leave the page cache, nearly empty ones are
// compacted.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "adapters/spool_compactor.h"
#include "adapters/spool_directory.h"
#include "adapters/spool_file_cache.h"
#include "adapters/spool_spares.h"
#include "adapters/store_index.h"
#include "base/time.h"

namespace cursus {

struct KeeperSettings {
    std::uint64_t segment_bytes;
    std::uint64_t reserve_bytes;
    std::uint64_t compaction_step_bytes;
    std::uint64_t compaction_slack_bytes;  // what may be dead in the log beyond as much as lives
    Duration compaction_pause;             // after each step
};

class SpoolKeeper {
public:
    struct Parts {
        SpoolDirectory& directory;
        SpoolSpares& spares;
        SpoolFileCache& files;
        StoreIndex& index;
        TroubleSink trouble;
    };
    SpoolKeeper(Parts parts, KeeperSettings settings);
    ~SpoolKeeper();
    SpoolKeeper(const SpoolKeeper&) = delete;
    SpoolKeeper& operator=(const SpoolKeeper&) = delete;

    // `append` keeps a record of moves and returns then. Segments up to `old_segments` were there before this
    // start.
    void start(SpoolCompactor::Append append, std::uint64_t old_segments);
    void stop();

    // The index is flushed as of this state. Before start().
    void note_flushed(IndexState state) { flushed_ = std::move(state); }
    // The index is to be flushed soon: a segment was closed.
    void ask_for_flush();
    // Returns once no flush is owed, flushing here and now if need be: the log behind the flushed index,
    // which a start must replay, never grows beyond the segment that is open and the one before.
    void await_flush();
    // The log was refused room: gives back what is kept in hand, and what is dead.
    void ask_for_room();

private:
    void run();
    void wait();
    void service();
    void flush_if_owed();
    void retire_dead();
    void prepare_spare();
    void leave_page_cache();
    void compact();
    bool pause();
    bool is_low() const;
    bool is_stopping() const;

    const Parts parts_;
    const KeeperSettings settings_;
    SpoolCompactor compactor_;
    SpoolCompactor::Append append_;
    std::uint64_t old_segments_ = 0;
    std::uint64_t uncached_segments_ = 0;  // up to this one

    std::mutex flushing_;  // held during a flush
    std::atomic<bool> owes_flush_ = false;
    std::mutex flushed_mutex_;
    IndexState flushed_;  // as of the last flush: what a start would find

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool has_request_ = false;
    bool needs_room_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace cursus
