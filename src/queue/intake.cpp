#include "queue/intake.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "queue/layout.h"
#include "queue/so_far.h"

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
    appended_ += count;
    while (buffer_.size() > body_piece_bytes) {
        auto written = co_await write_piece();
        if (!written) co_return written;
    }
    co_return Result<void, QueueError>{};
}

Task<Result<void, QueueError>> QueueIntake::write_piece() {
    Batch batch;
    batch.put_blob(piece_key(id_, pieces_), buffer_.take_piece()->pieces);
    batch.put(unnamed_key(id_), encode_count(++pieces_));
    co_return co_await write(std::move(batch));
}

Task<Result<void, QueueError>> QueueIntake::write(Batch batch) {
    is_writing_ = true;
    const auto kept = co_await core_->committer->keep(Precedence::Acceptance, std::move(batch), here_);
    is_writing_ = false;
    if (kept) co_return Result<void, QueueError>{};
    failed_ = queue_error(kept.error());
    co_return failure(*failed_);
}

std::uint64_t QueueIntake::size() const {
    return head_ ? octets_of(*head_->octets) + appended_ - head_->in_place_of : appended_;
}

std::shared_ptr<MessageBody> QueueIntake::so_far() {
    return std::make_shared<SoFar>(
        core_->body_needs(), id_,
        SoFar::Octets{
            .head = head_, .pieces = pieces_, .rest = buffer_.so_far(), .size = size(), .stand = stand_});
}

// The head stays apart from what was appended until the end: pieces that are in the store, or were given to
// readers, are as they are.
Task<Result<void, QueueError>> QueueIntake::replace_head(std::uint64_t octets, std::string with) {
    assert(!is_committed_ && octets <= size());
    NewHead next{.octets = {}, .in_place_of = octets};
    if (head_) {
        const auto before = octets_of(*head_->octets);
        next.in_place_of = head_->in_place_of + octets - std::min(octets, before);
        for (auto part = part_of(head_->octets->pieces, octets); !part->empty();
             part = part_of(head_->octets->pieces, octets)) {
            with += *part;
            octets += part->size();
        }
    }
    auto taken = co_await take_room(with.size());
    if (!taken) co_return taken;
    BodyBuffer gathered(core_->budget);
    gathered.add(std::move(with));
    next.octets = gathered.take_all();
    head_ = std::move(next);
    co_return Result<void, QueueError>{};
}

Task<Result<void, QueueError>> QueueIntake::restart() {
    assert(!is_committed_);
    if (failed_) co_return failure(*failed_);
    stand_ = std::make_shared<int>();
    buffer_.clear();
    head_.reset();
    appended_ = 0;
    if (pieces_ == 0) co_return Result<void, QueueError>{};
    // The same keys are put again: not before they are erased for good.
    auto erased = co_await write(erasure());
    if (erased) pieces_ = 0;
    co_return erased;
}

// Of a message that is all in memory: one piece, whatever became of its head.
SharedBody QueueIntake::join(const NewHead& head, const HeldBody& appended) const {
    auto whole = std::make_shared<HeldBody>(*head.octets);
    auto left_out = head.in_place_of;
    for (const auto& octets : appended.pieces) {
        const auto cut = std::min<std::uint64_t>(left_out, octets->size());
        left_out -= cut;
        if (cut == octets->size()) continue;
        if (cut == 0) {
            whole->pieces.push_back(octets);
            continue;
        }
        auto end = std::make_shared<HeldOctets>(octets->substr(cut), MemoryCharge());
        core_->budget->take_anyway(end->bytes.size());
        end->charge = MemoryCharge(core_->budget, end->bytes.size());
        whole->pieces.push_back(shared(std::move(end)));
    }
    return whole;
}

// What is not in the store, as it will stand there.
NewMessage QueueIntake::rest_of(Envelope envelope, std::vector<NewRecipient> recipients) {
    NewMessage message{.id = id_,
                       .envelope = std::move(envelope),
                       .recipients = std::move(recipients),
                       .pieces_kept = pieces_,
                       .rest = buffer_.size() == 0 ? nullptr : buffer_.take_all(),
                       .head = std::exchange(head_, std::nullopt)};
    if (message.head && pieces_ == 0 && message.envelope.size <= body_piece_bytes) {
        message.rest = join(*message.head, message.rest ? *message.rest : HeldBody());
        message.head.reset();
    }
    return message;
}

Task<Result<void, QueueError>> QueueIntake::commit(Envelope envelope, std::vector<NewRecipient> recipients) {
    assert(!is_committed_ && !recipients.empty());
    if (failed_) co_return failure(*failed_);
    envelope.size = size();
    if (envelope.arrived == WallTime{}) envelope.arrived = core_->wall_now();
    auto acceptance = accept(*core_, rest_of(std::move(envelope), std::move(recipients)));
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
