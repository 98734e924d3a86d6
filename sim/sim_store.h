// The store beneath the queue in memory: batches become durable after a virtual sync, and a kill loses or
// keeps whole those that were not.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/store.h"
#include "sim/scheduler.h"

namespace cursus {

// What survives a kill, and what the medium does at the moment.
struct SimDisk {
    std::map<std::string, std::string, std::less<>> entries;
    std::map<std::string, std::shared_ptr<const std::string>, std::less<>> blobs;

    std::optional<StoreErrorKind> trouble;   // Full, Failed: what every write meets; Damaged: every blob read
    std::uint64_t free_bytes = 10ULL << 30;  // what space() tells
    Duration sync_min = std::chrono::microseconds{300};
    Duration sync_max = std::chrono::milliseconds{15};

    // What it was asked to do: a parked destination must cost none of it.
    struct Counts {
        std::uint64_t gets = 0, scans = 0, scanned_entries = 0, blob_reads = 0, writes = 0, syncs = 0;
        std::uint64_t reads() const { return gets + scans + blob_reads; }
        std::uint64_t all() const { return reads() + writes; }
    };
    mutable Counts counts;

    void apply(const Batch& batch);
    std::uint64_t live_bytes() const;
};

// One process's opening of the disk; one at a time.
class SimStore : public Store {
public:
    SimStore(Scheduler& scheduler, Process& process, SimDisk& disk, std::uint64_t seed)
        : scheduler_(scheduler), process_(process), disk_(disk), random_(seed, 'W') {}
    ~SimStore() override;

    void write(Batch batch, Done done) override;
    Result<std::optional<std::string>, StoreError> get(std::string_view key) const override;
    Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                std::size_t limit) const override;
    Result<std::optional<std::string>, StoreError> read_blob(std::string_view key, std::uint64_t offset,
                                                             std::size_t length) const override;
    StoreSpace space() const override;

    // The process is being killed: of the writes that were not yet durable the first few are, chosen at
    // random.
    void lose_unsynced();

private:
    struct Write {
        Batch batch;
        Done done;
        std::optional<StoreError> error;
    };
    void start_sync();
    void finish_sync();
    void acknowledge(std::size_t count);

    Scheduler& scheduler_;
    Process& process_;
    SimDisk& disk_;
    SimRandom random_;
    std::deque<Write> waiting_;  // in the order of the calls; the first syncing_ are under way
    std::size_t syncing_ = 0;
    std::deque<Write> unanswered_;  // decided, done not yet called
};

}  // namespace cursus
