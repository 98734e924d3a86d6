// What RocksDB expects of a file system beyond what POSIX promises, supplied.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

#include "adapters/spool_directory.h"

namespace cursus {

std::shared_ptr<rocksdb::FileSystem> make_power_cut_safe(const std::shared_ptr<rocksdb::FileSystem>& files,
                                                         TroubleSink trouble);

}  // namespace cursus
