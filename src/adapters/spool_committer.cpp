#include "adapters/spool_committer.h"

#include <utility>

namespace cursus {
namespace {

constexpr auto mend_again = std::chrono::seconds{1};

RecordBuilder record_of(const Batch& batch) {
    RecordBuilder record;
    record.add(batch);
    return record;
}

}  // namespace

SpoolCommitter::SpoolCommitter(Parts parts, CommitterSettings settings)
    : parts_(std::move(parts)), settings_(settings) {}

SpoolCommitter::~SpoolCommitter() {
    stop();
}

void SpoolCommitter::start() {
    thread_ = std::thread([this] { run(); });
}

void SpoolCommitter::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void SpoolCommitter::write(Batch batch, Store::Done done) {
    const auto bytes = batch.bytes();
    push({std::move(batch), std::nullopt, bytes, std::move(done)});
}

void SpoolCommitter::append(RecordBuilder moves, Store::Done done) {
    const auto bytes = moves.bytes();
    push({Batch{}, std::move(moves), bytes, std::move(done)});
}

void SpoolCommitter::push(Waiting waiting) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(waiting));
    }
    wake_.notify_one();
}

void SpoolCommitter::run() {
    while (true) {
        Group group = next_group();
        if (!group.empty()) {
            commit(std::move(group));
            continue;
        }
        const std::lock_guard lock(mutex_);
        if (is_stopping_ && waiting_.empty()) return;
    }
}

// Empty: nothing came, and either it is time to stop or the index was looked after.
SpoolCommitter::Group SpoolCommitter::next_group() {
    std::unique_lock lock(mutex_);
    const auto is_due = [this] { return is_stopping_ || !waiting_.empty(); };
    if (!wake_.wait_for(lock, mend_again, is_due)) {
        lock.unlock();
        if (parts_.index.is_broken()) static_cast<void>(mend_index());
        return {};
    }
    Group group;
    std::uint64_t bytes = 0;
    while (!waiting_.empty() &&
           (group.empty() || bytes + waiting_.front().bytes <= settings_.record_bytes_max)) {
        // Moves make a record of their own.
        if (!group.empty() && (waiting_.front().moves || group.front().moves)) break;
        bytes += waiting_.front().bytes;
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return group;
}

void SpoolCommitter::commit(Group group) {
    Result<void, StoreError> result;
    if (group.front().moves) {
        result = keep(*group.front().moves);
    } else {
        RecordBuilder record;
        for (const auto& waiting : group) record.add(waiting.batch);
        result = keep(record);
    }
    const bool one_by_one = !result && result.error().kind == StoreErrorKind::Full && group.size() > 1;
    for (auto& waiting : group) {
        // What is too large for the room there is must not take the outcome of deliveries down with it.
        if (one_by_one) result = keep(record_of(waiting.batch));
        waiting.done(result);
    }
}

Result<void, StoreError> SpoolCommitter::keep(const RecordBuilder& record) {
    if (record.operations().empty()) return {};
    auto kept = append_and_apply(record);
    if (kept) return kept;
    if (kept.error().kind == StoreErrorKind::Full) parts_.keeper.ask_for_room();
    if (kept.error().kind == StoreErrorKind::Damaged) kept.error().kind = StoreErrorKind::Failed;
    return kept;
}

Result<void, StoreError> SpoolCommitter::append_and_apply(const RecordBuilder& record) {
    if (parts_.index.is_broken()) {
        TRY_VOID(mend_index());
    }
    if (parts_.writer.will_begin_segment(record)) parts_.keeper.await_flush();
    TRY(appended, parts_.writer.append(record));
    const auto applied = parts_.index.apply(appended.position, appended.header, record.operations());
    if (!applied) {
        parts_.writer.take_back(appended);
        return applied;
    }
    if (appended.began_segment) parts_.keeper.ask_for_flush();
    return {};
}

// After a failed write RocksDB's Resume() stays busy: the index is closed, opened again, and the log replayed
// into it.
Result<void, StoreError> SpoolCommitter::mend_index() {
    if (!std::exchange(said_broken_, true))
        parts_.trouble("the index could not be written and will be opened again");
    const auto free = parts_.directory.free_bytes();
    // Until there is room it is better left as it is, because it can still be read.
    if (!free || *free < 2 * settings_.index_buffer_bytes) {
        return failure(StoreError{StoreErrorKind::Full, "no room to open the index again"});
    }
    TRY_VOID(parts_.index.open(StoreIndex::Opening::Existing, [this](const StoreIndex::Apply& apply) {
        return SpoolReplay(parts_.directory, parts_.index, apply, parts_.trouble).up_to(parts_.writer.end());
    }));
    said_broken_ = false;
    parts_.trouble("the index is whole again");
    parts_.keeper.ask_for_flush();
    return {};
}

}  // namespace cursus
