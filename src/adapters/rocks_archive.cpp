#include "adapters/rocks_archive.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/table.h>

#include <mutex>

namespace cursus {
namespace {

// RocksDB's own file logger aborts on a full disk; what matters comes back as a Status.
class NoLog final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

StoreError store_error(const rocksdb::Status& status) {
    return {status.IsNoSpace() ? StoreErrorKind::Full : StoreErrorKind::Failed,
            "journal: " + status.ToString()};
}

rocksdb::Options options_for(ArchiveBounds bounds) {
    constexpr std::size_t write_buffer_bytes = 4 << 20;
    constexpr std::size_t block_cache_bytes = 2 << 20;
    constexpr double bloom_bits_per_key = 10;
    rocksdb::Options options;
    options.create_if_missing = true;
    options.info_log = std::make_shared<NoLog>();
    options.write_buffer_size = write_buffer_bytes;
    // Written all the time and hardly ever read: unsorted until it is flushed or somebody asks.
    options.memtable_factory = std::make_shared<rocksdb::VectorRepFactory>();
    options.allow_concurrent_memtable_write = false;
    options.max_open_files = -1;  // which FIFO compaction by age asks for; the size bounds them
    options.compaction_style = rocksdb::kCompactionStyleFIFO;
    options.compaction_options_fifo.max_table_files_size = bounds.bytes;
    options.ttl =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(bounds.keep).count());
    options.compression = rocksdb::kLZ4Compression;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(block_cache_bytes);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits_per_key));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

Result<std::shared_ptr<rocksdb::DB>, rocksdb::Status> open(const rocksdb::Options& options,
                                                           const std::string& directory) {
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(options, directory, &db);
    if (!status.ok()) return failure(status);
    return std::shared_ptr<rocksdb::DB>(db);
}

class RocksArchive final : public Archive {
public:
    RocksArchive(rocksdb::Options options, std::string directory, std::shared_ptr<rocksdb::DB> db)
        : options_(std::move(options)), directory_(std::move(directory)), db_(std::move(db)) {}

    // Closing flushes what is in memory, so that an orderly stop loses nothing.
    ~RocksArchive() override {
        if (db_) db_->Flush(rocksdb::FlushOptions());
    }

    // After an error RocksDB takes no more writes: it is closed and opened again, at the next append if need
    // be.
    Result<void, StoreError> append(std::vector<Entry> entries) override {
        rocksdb::WriteBatch batch;
        for (const auto& entry : entries) batch.Put(entry.key, entry.value);
        const auto db = usable();
        if (!db) return failure(store_error(db.error()));
        const auto status = (*db)->Write(rocksdb::WriteOptions(), &batch);
        if (status.ok()) return {};
        const std::lock_guard lock(mutex_);
        db_.reset();
        return failure(store_error(status));
    }

    Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                std::size_t limit) const override {
        const auto db = current();
        if (!db)
            return failure(
                StoreError{StoreErrorKind::Failed, "journal: it could not be opened again after an error"});
        rocksdb::ReadOptions options;
        const rocksdb::Slice end(to.data(), to.size());
        options.iterate_upper_bound = &end;
        const std::unique_ptr<rocksdb::Iterator> iterator(db->NewIterator(options));
        std::vector<Entry> found;
        for (iterator->Seek({from.data(), from.size()}); iterator->Valid() && found.size() < limit;
             iterator->Next()) {
            found.push_back({iterator->key().ToString(), iterator->value().ToString()});
        }
        if (!iterator->status().ok()) return failure(store_error(iterator->status()));
        return found;
    }

private:
    std::shared_ptr<rocksdb::DB> current() const {
        const std::lock_guard lock(mutex_);
        return db_;
    }

    Result<std::shared_ptr<rocksdb::DB>, rocksdb::Status> usable() {
        const std::lock_guard lock(mutex_);
        if (db_) return db_;
        auto opened = open(options_, directory_);
        if (opened) db_ = *opened;
        return opened;
    }

    rocksdb::Options options_;
    std::string directory_;
    mutable std::mutex mutex_;
    std::shared_ptr<rocksdb::DB> db_;  // null after an error, until it could be opened again
};

}  // namespace

Result<std::unique_ptr<Archive>, std::string> open_rocks_archive(const std::string& directory,
                                                                 ArchiveBounds bounds) {
    auto options = options_for(bounds);
    auto db = open(options, directory);
    if (!db) return failure("the journal in " + directory + " cannot be opened: " + db.error().ToString());
    return std::make_unique<RocksArchive>(std::move(options), directory, *std::move(db));
}

}  // namespace cursus
