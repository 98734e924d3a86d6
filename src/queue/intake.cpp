#include "queue/intake.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "queue/layout.h"

namespace cursus {

QueueIntake::~QueueIntake() {
    if (reserved_ != 0) core_->budget->give_back(reserved_);
    // While a write is under way only the end of the process destroys this: the next start sweeps.
    if (pieces_ == 0 || is_committed_ || is_writing_) return;
    core_->committer->add(Precedence::Settlement, erasure(), core_->home.executor(), [](const auto&) {});
}

// What takes back every piece that may be in the store.
Batch QueueIntake::erasure() const {
    Batch batch;
    batch.erase(unnamed_key(id_));
    for (std::uint32_t piece = 0; piece < pieces_; ++piece) batch.erase_blob(piece_key(id_, piece));
    return batch;
}

Task<Result<void, QueueError>> QueueIntake::take_room(std::uint64_t octets) {
    if (failed_) co_return failure(*failed_);
    if (octets == 0 || core_->budget->try_take(octets)) co_return Result<void, QueueError>{};
    const bool has_room = co_await core_->budget->take(octets, clock_, clock_.now() + budget_patience);
    if (has_room) co_return Result<void, QueueError>{};
    failed_ = QueueError{QueueErrorKind::OverBudget, "the memory for message bodies is in use"};
    co_return failure(*failed_);
}

Task<Result<void, QueueError>> QueueIntake::reserve(std::uint64_t octets) {
    auto taken = co_await take_room(octets);
    if (taken) reserved_ += octets;
    co_return taken;
}

Task<Result<void, QueueError>> QueueIntake::append(std::string bytes) {
    const std::uint64_t count = bytes.size();
    const auto reserved = std::min(count, reserved_);
    auto taken = co_await take_room(count - reserved);
    if (!taken) co_return taken;
    reserved_ -= reserved;
    buffer_.add(std::move(bytes));
    size_ += count;
    while (buffer_.size() > body_piece_bytes) {
        auto written = co_await write_piece();
        if (!written) co_return written;
    }
    co_return Result<void, QueueError>{};
}

Task<Result<void, QueueError>> QueueIntake::write_piece() {
    Batch batch;
    batch.put_blob(piece_key(id_, pieces_), shared_pieces(buffer_.take(body_piece_bytes)));
    batch.put(unnamed_key(id_), encode_count(++pieces_));
    is_writing_ = true;
    const auto kept = co_await core_->committer->keep(Precedence::Acceptance, std::move(batch), here_);
    is_writing_ = false;
    if (kept) co_return Result<void, QueueError>{};
    failed_ = queue_error(kept.error());
    co_return failure(*failed_);
}

Task<Result<void, QueueError>> QueueIntake::commit(Envelope envelope, std::vector<NewRecipient> recipients) {
    assert(!is_committed_ && !recipients.empty());
    if (failed_) co_return failure(*failed_);
    envelope.size = size_;
    if (envelope.arrived == WallTime{}) envelope.arrived = core_->wall_now();
    auto acceptance = accept(*core_, {.id = id_,
                                      .envelope = std::move(envelope),
                                      .recipients = std::move(recipients),
                                      .pieces_kept = pieces_,
                                      .rest = buffer_.size() == 0 ? nullptr : buffer_.take(buffer_.size())});
    if (!acceptance) co_return failure(acceptance.error());
    if (pieces_ != 0) acceptance->batch.erase(unnamed_key(id_));
    is_writing_ = true;
    const auto kept = co_await keep(*core_, *std::move(acceptance), here_);
    is_writing_ = false;
    if (kept) {
        is_committed_ = true;
        co_return Result<void, QueueError>{};
    }
    failed_ = queue_error(kept.error());
    co_return failure(*failed_);
}

}  // namespace cursus
