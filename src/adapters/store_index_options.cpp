#include "adapters/store_index_options.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/system_clock.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "adapters/store_index_files.h"

namespace cursus {
namespace {

constexpr int background_jobs = 2;
constexpr int index_files_max = 256;
constexpr int write_buffers_max = 3;
constexpr int bloom_bits_per_key = 10;
constexpr std::size_t key_kind_octets = 2;  // the index's own and the first of the user's
constexpr double memtable_filter_share = 0.02;
constexpr std::size_t log_line_bytes_max = 1024;
constexpr int sleep_microseconds_max = 5000;
constexpr std::uint64_t sst_bytes = std::uint64_t{8} << 20;
constexpr std::uint64_t first_level_bytes = std::uint64_t{64} << 20;
// A table with this many tombstones in a row of keys is compacted early: a scan for what is due would step
// over each.
constexpr std::size_t tombstone_window = 4096;
constexpr std::size_t tombstones_in_window = 2048;

// RocksDB's own logger writes a file, and aborts when the disk is full.
class ErrorLogger : public rocksdb::Logger {
public:
    explicit ErrorLogger(TroubleSink trouble)
        : rocksdb::Logger(rocksdb::InfoLogLevel::ERROR_LEVEL), trouble_(std::move(trouble)) {}
    using rocksdb::Logger::Logv;
    void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
        if (level < rocksdb::InfoLogLevel::ERROR_LEVEL || level == rocksdb::InfoLogLevel::HEADER_LEVEL)
            return;
        Logv(format, arguments);
    }
    void Logv(const char* format, va_list arguments) override {
        std::array<char, log_line_bytes_max> line{};
        // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): RocksDB hands over an open list
        if (std::vsnprintf(line.data(), line.size(), format, arguments) > 0) {
            trouble_(fmt::format("index: {}", line.data()));
        }
    }

private:
    TroubleSink trouble_;
};

class BreakListener : public rocksdb::EventListener {
public:
    explicit BreakListener(std::function<void()> broken) : broken_(std::move(broken)) {}
    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) override { broken_(); }

private:
    std::function<void()> broken_;
};

class ImpatientClock : public rocksdb::SystemClockWrapper {
public:
    using rocksdb::SystemClockWrapper::SystemClockWrapper;
    const char* Name() const override { return "ImpatientClock"; }
    void SleepForMicroseconds(int microseconds) override {
        rocksdb::SystemClockWrapper::SleepForMicroseconds(std::min(microseconds, sleep_microseconds_max));
    }
};

class IndexEnv : public rocksdb::EnvWrapper {
public:
    explicit IndexEnv(std::unique_ptr<rocksdb::Env>&& base) : rocksdb::EnvWrapper(std::move(base)) {
        system_clock_ = std::make_shared<ImpatientClock>(system_clock_);
    }
    const char* Name() const override { return "IndexEnv"; }
};

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;  // so that the cache bounds them too
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits_per_key));
    table.format_version = 5;
    return table;
}

}  // namespace

std::unique_ptr<rocksdb::Env> make_index_env(const std::shared_ptr<rocksdb::FileSystem>& files,
                                             const TroubleSink& trouble) {
    const auto& base = files ? files : rocksdb::FileSystem::Default();
    return std::make_unique<IndexEnv>(rocksdb::NewCompositeEnv(make_power_cut_safe(base, trouble)));
}

std::shared_ptr<rocksdb::Cache> make_index_cache(std::size_t bytes) {
    constexpr int shard_bits = 2;
    return rocksdb::NewLRUCache(bytes, shard_bits);
}

rocksdb::Options make_index_options(const IndexSettings& settings,
                                    const std::shared_ptr<rocksdb::Cache>& cache, const TroubleSink& trouble,
                                    std::function<void()> broken) {
    rocksdb::Options options;
    options.info_log = std::make_shared<ErrorLogger>(trouble);
    options.listeners.push_back(std::make_shared<BreakListener>(std::move(broken)));
    options.max_bgerror_resume_count = 0;  // after an error it is opened again and the log replayed
    options.avoid_flush_during_shutdown = true;
    options.write_buffer_size = settings.buffer_bytes;
    options.max_write_buffer_number = write_buffers_max;
    options.allow_concurrent_memtable_write = false;  // one thread writes
    // Keys of a kind mostly come in ascending order: each is inserted beside the last one of its kind.
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewFixedPrefixTransform(key_kind_octets));
    // A new blob's key is looked for before it is put, and not found.
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = memtable_filter_share;
    options.enable_write_thread_adaptive_yield = false;
    options.max_background_jobs = background_jobs;
    options.max_open_files = index_files_max;
    options.skip_stats_update_on_db_open = true;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.max_manifest_file_size = std::uint64_t{4} << 20;
    options.keep_log_file_num = 1;
    options.compression = rocksdb::kNoCompression;
    options.target_file_size_base = sst_bytes;
    options.max_bytes_for_level_base = first_level_bytes;
    options.level_compaction_dynamic_level_bytes = true;
    options.table_properties_collector_factories.push_back(
        rocksdb::NewCompactOnDeletionCollectorFactory(tombstone_window, tombstones_in_window));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(cache)));
    return options;
}

}  // namespace cursus
