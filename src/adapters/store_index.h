// The index: ordered keys and where each blob lies, in RocksDB. It is not synced with each record; it knows
// up to which position of the log it is complete, and everything behind that is in the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/spool_directory.h"
#include "adapters/spool_format.h"
#include "runtime/store.h"

namespace rocksdb {
class DB;
class Env;
class FileSystem;
class Cache;
class WriteBatch;
}  // namespace rocksdb

namespace cursus {

struct IndexSettings {
    std::string path;
    std::shared_ptr<rocksdb::FileSystem> files;  // null: RocksDB's own
    std::size_t buffer_bytes;                    // of changes kept in memory before they are written out
    std::size_t cache_bytes;
};

// Where the log stood when the index last changed, and what lives in it.
struct IndexState {
    SpoolPosition complete;                       // everything before it is in the index
    std::uint64_t sequence = 0;                   // of the last record before it
    std::map<std::uint64_t, std::uint64_t> live;  // octets of live blobs, by segment; none is absent
};

// Reads are thread-safe; apply() and open() are the commit thread's.
class StoreIndex {
public:
    StoreIndex(IndexSettings settings, TroubleSink trouble);
    ~StoreIndex();
    StoreIndex(const StoreIndex&) = delete;
    StoreIndex& operator=(const StoreIndex&) = delete;

    // Makes a record's changes. After an error nothing is known: the index has to be opened again.
    using Apply = std::function<Result<void, StoreError>(SpoolPosition, const RecordHeader&,
                                                         std::string_view operations)>;
    // Applies, through what it is given, the log from state().complete to its end.
    using CatchUp = std::function<Result<void, StoreError>(const Apply&)>;

    enum class Opening : std::uint8_t { Create, Existing };
    // Opens, or closes and opens again. What was not flushed is forgotten and caught up with; nobody reads
    // meanwhile. An existing index that is not there or is damaged is an error, never made anew. A new one
    // has been flushed once when this returns. After an error the index is closed.
    Result<void, StoreError> open(Opening opening, const CatchUp& catch_up);

    Result<void, StoreError> apply(SpoolPosition position, const RecordHeader& header,
                                   std::string_view operations);
    // Makes everything applied so far last, and says what that was.
    Result<IndexState, StoreError> flush();
    // A write in the background has failed: nothing more will be taken until it is opened again. Reads still
    // work.
    bool is_broken() const { return broken_; }

    Result<std::optional<std::string>, StoreError> get(std::string_view key) const;
    Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                std::size_t limit) const;
    Result<std::optional<BlobPlace>, StoreError> blob(std::string_view key) const;

    // As applied so far. While the index is opened again it falls back to what was flushed, and catches up.
    IndexState state() const;
    // With all that can be read counted: waits while the index is being opened and while a record is applied,
    // which can be read a moment before it is counted. An error when it is closed.
    Result<IndexState, StoreError> settled_state() const;
    std::uint64_t live_bytes() const;
    std::uint64_t bytes() const;  // on disk, about

private:
    struct Changes;

    Result<void, StoreError> open_database(Opening opening);
    Result<void, StoreError> apply_locked(SpoolPosition position, const RecordHeader& header,
                                          std::string_view operations);
    Result<void, StoreError> begin_state();
    Result<void, StoreError> load_state();
    Result<void, StoreError> gather(SpoolPosition bodies, std::string_view operations,
                                    std::uint64_t bodies_bytes, Changes& changes) const;
    Result<void, StoreError> gather_blob(SpoolPosition bodies, const SpoolOperation& operation,
                                         Changes& changes) const;
    Result<std::optional<BlobPlace>, StoreError> stored_place(std::string_view key) const;
    Result<std::optional<BlobPlace>, StoreError> blob_now(std::string_view key, const Changes& changes) const;

    const IndexSettings settings_;
    const TroubleSink trouble_;
    std::unique_ptr<rocksdb::Env> env_;  // over settings_.files
    std::shared_ptr<rocksdb::Cache> cache_;
    mutable std::shared_mutex opening_;  // exclusive while the database is closed and opened
    mutable std::mutex applying_;        // held while a record is applied and counted
    std::unique_ptr<rocksdb::DB> db_;
    std::atomic<bool> broken_ = false;
    mutable std::mutex state_mutex_;
    IndexState state_;
};

}  // namespace cursus
