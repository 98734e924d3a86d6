// An embedded store on a disk in memory, with segments so small that everything about them happens often.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/embedded_store.h"
#include "adapters/tests/lossy_index_files.h"
#include "sim/lossy_files.h"
#include "sim/sim_random.h"

namespace cursus {

class StoreOnLossyDisk {
public:
    explicit StoreOnLossyDisk(std::uint64_t seed) : disk(seed), files(disk), random_(seed, 1) {
        settings.path = "/store";
        settings.segment_bytes = std::uint64_t{128} << 10;
        settings.record_bytes_max = std::uint64_t{48} << 10;
        settings.reserve_bytes = std::uint64_t{1} << 20;
        settings.index_buffer_bytes = std::size_t{64} << 10;
        settings.index_cache_bytes = std::size_t{1} << 20;
        settings.compaction_step_bytes = std::uint64_t{16} << 10;
        settings.compaction_pause = Duration{0};
    }

    Result<std::unique_ptr<Store>, StoreError> open() {
        return open_embedded_store(
            {files, random_, [this](const std::string& what) { note(what); }, make_lossy_index_files(disk)},
            settings);
    }
    std::vector<std::string> troubles() const {
        const std::lock_guard lock(mutex_);
        return troubles_;
    }
    bool was_told(std::string_view part) const {
        for (const auto& trouble : troubles()) {
            if (trouble.find(part) != std::string::npos) return true;
        }
        return false;
    }
    void forget_troubles() {
        const std::lock_guard lock(mutex_);
        troubles_.clear();
    }

    LossyDisk disk;
    LossyFiles files;
    EmbeddedStoreSettings settings;

private:
    void note(const std::string& what) {
        const std::lock_guard lock(mutex_);
        troubles_.push_back(what);
    }
    SimRandom random_;
    mutable std::mutex mutex_;
    std::vector<std::string> troubles_;
};

}  // namespace cursus
