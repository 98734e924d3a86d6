// How RocksDB is set up to be an index that is small, bounded, and owned by the log.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <functional>
#include <memory>

#include "adapters/store_index.h"

namespace cursus {

// On these files (null: RocksDB's own), made fit for power cuts (store_index_files.h), and without RocksDB's
// second of sleep after each error: nothing would be gained by it, as the index is opened again and not
// resumed, and closing would take that long.
std::unique_ptr<rocksdb::Env> make_index_env(const std::shared_ptr<rocksdb::FileSystem>& files,
                                             const TroubleSink& trouble);
std::shared_ptr<rocksdb::Cache> make_index_cache(std::size_t bytes);
// `broken` is called, from RocksDB's threads, when a write in the background has failed.
rocksdb::Options make_index_options(const IndexSettings& settings,
                                    const std::shared_ptr<rocksdb::Cache>& cache, const TroubleSink& trouble,
                                    std::function<void()> broken);

}  // namespace cursus
