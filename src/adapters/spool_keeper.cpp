#include "adapters/spool_keeper.h"

#include <utility>

namespace cursus {
namespace {

constexpr auto look_again = std::chrono::seconds{1};
// A spare is prepared only where it leaves this many times its size free.
constexpr std::uint64_t spare_room_factor = 4;
constexpr std::uint64_t cached_segments = 1;  // beside the one that is open

}  // namespace

SpoolKeeper::SpoolKeeper(Parts parts, KeeperSettings settings)
    : parts_(std::move(parts)),
      settings_(settings),
      compactor_(parts_.directory, parts_.index, parts_.trouble, settings_.compaction_step_bytes) {}

SpoolKeeper::~SpoolKeeper() {
    stop();
}

void SpoolKeeper::start(SpoolCompactor::Append append, std::uint64_t old_segments) {
    append_ = std::move(append);
    old_segments_ = old_segments;
    uncached_segments_ = old_segments;  // what an earlier run wrote is looked at no more, however much it is
    thread_ = std::thread([this] { run(); });
}

void SpoolKeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool SpoolKeeper::is_stopping() const {
    const std::lock_guard lock(mutex_);
    return is_stopping_;
}

void SpoolKeeper::ask_for_flush() {
    owes_flush_ = true;
    {
        const std::lock_guard lock(mutex_);
        has_request_ = true;
    }
    wake_.notify_all();
}

void SpoolKeeper::ask_for_room() {
    owes_flush_ = true;
    {
        const std::lock_guard lock(mutex_);
        needs_room_ = has_request_ = true;
    }
    wake_.notify_all();
}

void SpoolKeeper::await_flush() {
    flush_if_owed();
}

void SpoolKeeper::run() {
    while (!is_stopping()) {
        service();
        compact();
        wait();
    }
}

void SpoolKeeper::wait() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, look_again, [this] { return has_request_ || is_stopping_; });
    has_request_ = false;
}

void SpoolKeeper::service() {
    bool needs_room;
    {
        const std::lock_guard lock(mutex_);
        needs_room = std::exchange(needs_room_, false);
    }
    if (needs_room) parts_.spares.drop();
    flush_if_owed();
    retire_dead();
    prepare_spare();
    leave_page_cache();
}

// A flush that fails breaks the index, which the commit thread mends; the flush is owed again then.
void SpoolKeeper::flush_if_owed() {
    const std::lock_guard lock(flushing_);
    if (!owes_flush_.exchange(false) || parts_.index.is_broken()) return;
    auto flushed = parts_.index.flush();
    if (!flushed) {
        parts_.trouble(flushed.error().what);
        return;
    }
    const std::lock_guard state_lock(flushed_mutex_);
    flushed_ = *std::move(flushed);
}

bool SpoolKeeper::is_low() const {
    const auto free = parts_.directory.free_bytes();
    return !free || *free < settings_.reserve_bytes + settings_.segment_bytes;
}

// What counts is the flushed index: it must neither refer to the segment nor need it for replay.
void SpoolKeeper::retire_dead() {
    IndexState flushed;
    {
        const std::lock_guard lock(flushed_mutex_);
        flushed = flushed_;
    }
    for (const auto& [segment, bytes] : parts_.directory.sizes()) {
        if (segment >= flushed.complete.segment || flushed.live.contains(segment)) continue;
        parts_.files.forget(segment);
        // A segment from before this start is not used again: its name might be a second one for another's
        // file, if the power went between two renames.
        const bool may_recycle = segment > old_segments_ && !is_low();
        const auto gone = may_recycle ? parts_.spares.retire(segment) : parts_.spares.remove(segment);
        if (!gone) parts_.trouble(gone.error().what);
    }
}

void SpoolKeeper::prepare_spare() {
    const auto free = parts_.directory.free_bytes();
    if (!free || *free < settings_.reserve_bytes + spare_room_factor * settings_.segment_bytes) return;
    // Without a spare segments grow as they are written: slower, and no loss.
    static_cast<void>(parts_.spares.prepare(settings_.segment_bytes));
}

// Mail that could not be delivered at once is read again once its destination is back, and most of the log
// never: memory serves the newest segments and everybody else on the host.
void SpoolKeeper::leave_page_cache() {
    const auto segments = parts_.directory.sizes();
    if (segments.empty()) return;
    const auto newest = segments.rbegin()->first;
    for (auto segment = segments.upper_bound(uncached_segments_);
         segment != segments.end() && segment->first + cached_segments < newest; ++segment) {
        uncached_segments_ = segment->first;
        if (const auto file = parts_.files.get(segment->first)) (*file)->leave_cache();
    }
}

void SpoolKeeper::compact() {
    while (!is_stopping() && !parts_.index.is_broken()) {
        const auto slack = is_low() ? 0 : settings_.compaction_slack_bytes;
        const auto segment = compactor_.choose(slack);
        if (!segment) return;
        const auto done = compactor_.compact(*segment, append_, [this] { return pause(); });
        if (!done) return;  // no room or a failing medium, of which the writers hear: looked at again later
        ask_for_flush();
        service();
    }
}

bool SpoolKeeper::pause() {
    service();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, settings_.compaction_pause, [this] { return is_stopping_; });
    return !is_stopping_;
}

}  // namespace cursus
