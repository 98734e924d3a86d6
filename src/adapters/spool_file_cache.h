// Open segments, for reading blobs.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "adapters/spool_directory.h"

namespace cursus {

class SpoolFileCache {  // thread-safe
public:
    explicit SpoolFileCache(SpoolDirectory& directory) : directory_(directory) {}
    FileResult<std::shared_ptr<const File>> get(std::uint64_t segment);
    void forget(std::uint64_t segment);

private:
    SpoolDirectory& directory_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<const File>> open_;
};

}  // namespace cursus
