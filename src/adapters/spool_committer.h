// The commit thread: takes whatever waits, writes it as one record with one sync, brings the index up to it,
// and answers. While one sync runs the next record gathers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "adapters/spool_keeper.h"
#include "adapters/spool_replay.h"
#include "adapters/spool_writer.h"
#include "adapters/store_index.h"
#include "runtime/store.h"

namespace cursus {

struct CommitterSettings {
    std::uint64_t
        record_bytes_max;  // batches are gathered into one record up to here; one batch may be larger
    std::uint64_t index_buffer_bytes;  // the room an index needs to be opened again
};

class SpoolCommitter {
public:
    struct Parts {
        SpoolDirectory& directory;
        StoreIndex& index;
        SpoolWriter& writer;
        SpoolKeeper& keeper;
        TroubleSink trouble;
    };
    SpoolCommitter(Parts parts, CommitterSettings settings);
    ~SpoolCommitter();
    SpoolCommitter(const SpoolCommitter&) = delete;
    SpoolCommitter& operator=(const SpoolCommitter&) = delete;

    void start();
    void stop();  // what waits is written first

    // Thread-safe; neither blocks.
    void write(Batch batch, Store::Done done);
    void append(RecordBuilder moves, Store::Done done);

private:
    struct Waiting {
        Batch batch;
        std::optional<RecordBuilder> moves;  // instead of the batch
        std::uint64_t bytes = 0;
        Store::Done done;
    };
    using Group = std::vector<Waiting>;

    void push(Waiting waiting);
    void run();
    Group next_group();
    void commit(Group group);
    Result<void, StoreError> keep(const RecordBuilder& record);
    Result<void, StoreError> append_and_apply(const RecordBuilder& record);
    Result<void, StoreError> mend_index();

    const Parts parts_;
    const CommitterSettings settings_;
    bool said_broken_ = false;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> waiting_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace cursus
