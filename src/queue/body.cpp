#include "queue/body.h"

#include <algorithm>
#include <utility>

#include "queue/layout.h"
#include "runtime/offload.h"

namespace cursus {
namespace {

constexpr std::size_t small_piece_bytes = 4 * 1024;

// A piece that was read, and the charge for it, which lives as long.
struct ReadPiece {
    std::string bytes;
    MemoryCharge charge;
};

std::shared_ptr<const std::string> part_of(const SharedBody& body, std::uint64_t offset) {
    for (const auto& piece : body->pieces) {
        if (offset == 0) return {body, &piece};
        if (offset < piece.size()) return std::make_shared<const std::string>(piece.substr(offset));
        offset -= piece.size();
    }
    return std::make_shared<const std::string>();
}

}  // namespace

std::vector<std::shared_ptr<const std::string>> shared_pieces(const SharedBody& body) {
    std::vector<std::shared_ptr<const std::string>> pieces;
    pieces.reserve(body->pieces.size());
    for (const auto& piece : body->pieces) pieces.emplace_back(body, &piece);
    return pieces;
}

void BodyBuffer::add(std::string bytes) {
    charge_.add(bytes.size());
    if (!pieces_.empty() && (bytes.size() < small_piece_bytes || pieces_.back().size() < small_piece_bytes) &&
        pieces_.back().size() + bytes.size() <= body_piece_bytes) {
        pieces_.back().append(bytes);
        return;
    }
    // No string is longer than a piece: then taking the front of one costs little.
    std::size_t begin = 0;
    for (; bytes.size() - begin > body_piece_bytes; begin += body_piece_bytes) {
        pieces_.push_back(bytes.substr(begin, body_piece_bytes));
    }
    if (begin != 0) bytes.erase(0, begin);
    // A read buffer's unused end must not be held uncounted for as long as the message waits.
    if (bytes.capacity() > bytes.size() + bytes.size() / 4 + small_piece_bytes) bytes.shrink_to_fit();
    if (!bytes.empty()) pieces_.push_back(std::move(bytes));
}

void BodyBuffer::add_unasked(std::string bytes) {
    budget_->take_anyway(bytes.size());
    add(std::move(bytes));
}

SharedBody BodyBuffer::take(std::uint64_t bytes) {
    auto taken = std::make_shared<HeldBody>();
    taken->charge = charge_.split(bytes);
    if (size() == 0) {
        taken->pieces = std::exchange(pieces_, {});
        return taken;
    }
    std::size_t whole = 0;
    while (whole < pieces_.size() && pieces_[whole].size() <= bytes) bytes -= pieces_[whole++].size();
    const auto end = pieces_.begin() + static_cast<std::ptrdiff_t>(whole);
    taken->pieces.assign(std::make_move_iterator(pieces_.begin()), std::make_move_iterator(end));
    pieces_.erase(pieces_.begin(), end);
    if (bytes != 0) {
        taken->pieces.push_back(pieces_.front().substr(0, bytes));
        pieces_.front().erase(0, bytes);
    }
    return taken;
}

SharedBody QueuedBody::held() {
    const std::lock_guard lock(mutex_);
    return held_;
}

std::shared_ptr<const void> QueuedBody::give_up() {
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, nullptr);
}

Task<Result<std::shared_ptr<const std::string>, QueueError>> QueuedBody::piece(std::uint64_t offset) {
    if (offset >= size_) co_return std::make_shared<const std::string>();
    if (const auto body = held()) co_return part_of(body, offset);
    co_return co_await stored_piece(offset);
}

Task<Result<std::shared_ptr<const std::string>, QueueError>> QueuedBody::stored_piece(std::uint64_t offset) {
    const auto inside = offset % body_piece_bytes;
    const auto wanted = std::min(body_piece_bytes - inside, size_ - offset);
    const auto granted = needs_.budget->take_for_delivery(wanted);
    auto read = std::make_shared<ReadPiece>();
    read->charge = MemoryCharge(needs_.budget, granted);
    const auto key = piece_key(message_, static_cast<std::uint32_t>(offset / body_piece_bytes));
    auto work = [this, &key, inside, granted] { return needs_.store.read_blob(key, inside, granted); };
    auto found = co_await offload(needs_.offload, std::move(work));
    if (!found) co_return failure(queue_error(found.error()));
    if (!*found || (*found)->size() != granted) {
        co_return failure(
            QueueError{QueueErrorKind::Broken, "the body of " + message_.text() + " is not whole"});
    }
    read->bytes = **std::move(found);
    co_return std::shared_ptr<const std::string>(read, &read->bytes);
}

QueueError queue_error(const StoreError& error) {
    return {error.kind == StoreErrorKind::Full ? QueueErrorKind::Full : QueueErrorKind::Broken, error.what};
}

QueueError broken(std::string what) {
    return {QueueErrorKind::Broken, std::move(what)};
}

Task<Result<std::shared_ptr<const std::string>, QueueError>> FrontedBody::piece(std::uint64_t offset) {
    if (offset >= front_->size()) co_return co_await body_->piece(offset - front_->size());
    if (offset == 0) co_return front_;
    co_return std::make_shared<const std::string>(front_->substr(offset));
}

}  // namespace cursus
