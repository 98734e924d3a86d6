// The journal's archive on RocksDB: FIFO compaction drops whole files, the oldest first, by age and by total
// size.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "runtime/archive.h"

namespace cursus {

struct ArchiveBounds {
    Duration keep;
    std::uint64_t bytes;
};

// The error is a sentence. One process may have it open.
Result<std::unique_ptr<Archive>, std::string> open_rocks_archive(const std::string& directory,
                                                                 ArchiveBounds bounds);

}  // namespace cursus
