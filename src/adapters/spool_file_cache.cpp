#include "adapters/spool_file_cache.h"

namespace cursus {
namespace {

constexpr std::size_t open_files_max = 64;

}  // namespace

FileResult<std::shared_ptr<const File>> SpoolFileCache::get(std::uint64_t segment) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = open_.find(segment); found != open_.end()) return found->second;
    }
    TRY(file, directory_.files().open(directory_.segment_path(segment), OpenMode::Read));
    std::shared_ptr<const File> shared = std::move(file);
    const std::lock_guard lock(mutex_);
    if (open_.size() >= open_files_max)
        open_.erase(open_.begin());  // whichever: all are equally likely to be read
    open_.emplace(segment, shared);
    return shared;
}

void SpoolFileCache::forget(std::uint64_t segment) {
    const std::lock_guard lock(mutex_);
    open_.erase(segment);
}

}  // namespace cursus
