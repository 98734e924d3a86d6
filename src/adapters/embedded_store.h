// The Store of a single machine: a spool log that is also the write-ahead log, and an index in RocksDB
// (docs/durability.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "runtime/files.h"
#include "runtime/random.h"
#include "runtime/store.h"

namespace rocksdb {
class FileSystem;
}

namespace cursus {

struct EmbeddedStoreSettings {
    std::string path;  // a directory of its own; made when absent
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;
    std::uint64_t record_bytes_max = std::uint64_t{8} << 20;  // of batches gathered into one sync
    std::uint64_t reserve_bytes = std::uint64_t{32} << 20;    // of the file system, left to the index
    std::size_t index_buffer_bytes = std::size_t{8} << 20;
    std::size_t index_cache_bytes = std::size_t{16} << 20;
    std::uint64_t compaction_step_bytes = std::uint64_t{1} << 20;
    Duration compaction_pause = std::chrono::milliseconds{50};
};

struct EmbeddedStoreNeeds {
    Files& files;    // for the log
    Random& random;  // used under a lock of the store's own thread only
    std::function<void(const std::string&)>
        trouble;  // from any thread, a sentence for an operator; must not throw
    std::shared_ptr<rocksdb::FileSystem> index_files;  // null: RocksDB's own, on the same disk as `files`
};

// Opens or makes the store. Takes as long as replaying the log behind the flushed index, about one segment,
// however much is held. Refuses, in words, another release's store, and one whose index is lost or damaged.
// One process only. With Full or Failed from write(), nothing of the batch can be read; should the power go
// before another write succeeds, the batch may be found again, whole. Batches are at most 1 GiB.
Result<std::unique_ptr<Store>, StoreError> open_embedded_store(EmbeddedStoreNeeds needs,
                                                               const EmbeddedStoreSettings& settings);

}  // namespace cursus
