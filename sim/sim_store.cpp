#include "sim/sim_store.h"

#include <algorithm>
#include <utility>

namespace cursus {

namespace {

// Between the sync and the news of it: a kill here has kept what nobody was told of.
constexpr Duration store_time_max = std::chrono::milliseconds{1};

}  // namespace

void SimDisk::apply(const Batch& batch) {
    for (const auto& put : batch.puts()) entries.insert_or_assign(put.key, put.value);
    for (const auto& erase : batch.erases()) entries.erase(erase.key);
    for (const auto& put : batch.blob_puts()) {
        auto whole = std::make_shared<std::string>();
        for (const auto& piece : put.pieces) *whole += *piece;
        blobs.insert_or_assign(put.key, std::move(whole));
    }
    for (const auto& erase : batch.blob_erases()) blobs.erase(erase.key);
}

std::uint64_t SimDisk::live_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& [key, value] : entries) bytes += key.size() + value.size();
    for (const auto& [key, blob] : blobs) bytes += key.size() + blob->size();
    return bytes;
}

void SimStore::write(Batch batch, Done done) {
    ++disk_.counts.writes;
    waiting_.push_back({std::move(batch), std::move(done), std::nullopt});
    if (syncing_ == 0) start_sync();
}

// Like a group commit: one sync for all that wait; what comes meanwhile waits for the next.
void SimStore::start_sync() {
    syncing_ = waiting_.size();
    if (syncing_ == 0) return;
    ++disk_.counts.syncs;
    scheduler_.at(process_, scheduler_.now() + random_.between(disk_.sync_min, disk_.sync_max),
                  [this] { finish_sync(); });
}

void SimStore::finish_sync() {
    const std::size_t count = std::exchange(syncing_, 0);
    for (std::size_t i = 0; i < count; ++i) {
        auto write = std::move(waiting_.front());
        waiting_.pop_front();
        if (disk_.trouble == StoreErrorKind::Full || disk_.trouble == StoreErrorKind::Failed) {
            write.error = StoreError{*disk_.trouble, "the simulated disk is in trouble"};
        } else {
            disk_.apply(write.batch);
        }
        unanswered_.push_back(std::move(write));
    }
    scheduler_.at(process_, scheduler_.now() + random_.between(Duration{}, store_time_max),
                  [this, count] { acknowledge(count); });
    start_sync();
}

void SimStore::acknowledge(std::size_t count) {
    for (std::size_t i = 0; i < count && !unanswered_.empty(); ++i) {
        auto write = std::move(unanswered_.front());
        unanswered_.pop_front();
        write.done(write.error ? Result<void, StoreError>(failure(*write.error))
                               : Result<void, StoreError>{});
    }
}

SimStore::~SimStore() {
    syncing_ = waiting_.size();
    for (auto& write : waiting_) disk_.apply(write.batch);
    std::ranges::move(waiting_, std::back_inserter(unanswered_));
    waiting_.clear();
    acknowledge(unanswered_.size());
}

void SimStore::lose_unsynced() {
    const std::size_t kept = random_.one_in(3)   ? random_.below(waiting_.size() + 1)
                             : random_.one_in(2) ? waiting_.size()
                                                 : 0;
    if (disk_.trouble) return;
    for (std::size_t i = 0; i < kept; ++i) disk_.apply(waiting_[i].batch);
}

Result<std::optional<std::string>, StoreError> SimStore::get(std::string_view key) const {
    ++disk_.counts.gets;
    const auto found = disk_.entries.find(key);
    if (found == disk_.entries.end()) return std::nullopt;
    return found->second;
}

Result<std::vector<Entry>, StoreError> SimStore::scan(std::string_view from, std::string_view to,
                                                      std::size_t limit) const {
    ++disk_.counts.scans;
    std::vector<Entry> found;
    for (auto entry = disk_.entries.lower_bound(from);
         entry != disk_.entries.end() && entry->first < to && found.size() < limit; ++entry) {
        found.push_back({entry->first, entry->second});
    }
    disk_.counts.scanned_entries += found.size();
    return found;
}

Result<std::optional<std::string>, StoreError> SimStore::read_blob(std::string_view key, std::uint64_t offset,
                                                                   std::size_t length) const {
    ++disk_.counts.blob_reads;
    const auto found = disk_.blobs.find(key);
    if (found == disk_.blobs.end()) return std::nullopt;
    if (disk_.trouble == StoreErrorKind::Damaged) {
        return failure(StoreError{StoreErrorKind::Damaged, "the simulated disk read back something else"});
    }
    if (offset >= found->second->size()) return std::string();
    return found->second->substr(offset, length);
}

StoreSpace SimStore::space() const {
    const auto live = disk_.live_bytes();
    const std::uint64_t free = disk_.trouble == StoreErrorKind::Full ? 0 : disk_.free_bytes;
    return {.free_bytes = free, .used_bytes = live, .live_bytes = live};
}

}  // namespace cursus
