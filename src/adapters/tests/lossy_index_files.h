// A rocksdb::FileSystem on a LossyDisk, so that the index loses and tears what it did not sync.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

#include "sim/lossy_disk.h"

namespace cursus {

std::shared_ptr<rocksdb::FileSystem> make_lossy_index_files(LossyDisk& disk);

}  // namespace cursus
