#include "queue/body_buffer.h"

#include <algorithm>
#include <utility>

#include "queue/layout.h"

namespace cursus {
namespace {

constexpr std::size_t small_piece_bytes = 4 * 1024;

}  // namespace

SharedOctets shared(std::shared_ptr<const HeldOctets> octets) {
    const auto* bytes = &octets->bytes;
    return {std::move(octets), bytes};
}

std::uint64_t octets_of(const HeldBody& body) {
    std::uint64_t total = 0;
    for (const auto& piece : body.pieces) total += piece->size();
    return total;
}

SharedOctets part_of(const std::vector<SharedOctets>& pieces, std::uint64_t offset) {
    for (const auto& piece : pieces) {
        if (offset == 0) return piece;
        if (offset < piece->size()) return std::make_shared<const std::string>(piece->substr(offset));
        offset -= piece->size();
    }
    return std::make_shared<const std::string>();
}

// No string reaches from one piece into the next: then a piece is taken without cutting any.
void BodyBuffer::add(std::string bytes) {
    std::size_t begin = 0;
    for (;;) {
        const auto room = body_piece_bytes - size_ % body_piece_bytes;
        if (bytes.size() - begin <= room) break;
        add_within_piece(bytes.substr(begin, room));
        begin += room;
    }
    if (begin != 0) bytes.erase(0, begin);
    // A read buffer's unused end must not be held uncounted for as long as the message waits.
    if (bytes.capacity() > bytes.size() + bytes.size() / 4 + small_piece_bytes) bytes.shrink_to_fit();
    if (!bytes.empty()) add_within_piece(std::move(bytes));
}

void BodyBuffer::add_within_piece(std::string bytes) {
    const auto count = bytes.size();
    const bool begins_piece = size_ % body_piece_bytes == 0;
    size_ += count;
    auto* last = begins_piece || held_.back().use_count() != 1 ? nullptr : held_.back().get();
    if (last != nullptr && (count < small_piece_bytes || last->bytes.size() < small_piece_bytes)) {
        last->bytes.append(bytes);
        last->charge.add(count);
        return;
    }
    held_.push_back(std::make_shared<HeldOctets>(std::move(bytes), MemoryCharge(budget_, count)));
}

void BodyBuffer::add_unasked(std::string bytes) {
    budget_->take_anyway(bytes.size());
    add(std::move(bytes));
}

SharedBody BodyBuffer::take(std::size_t count) {
    auto taken = std::make_shared<HeldBody>();
    taken->pieces.reserve(count);
    for (std::size_t i = 0; i < count; ++i) taken->pieces.push_back(shared(std::move(held_[i])));
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(count));
    size_ -= octets_of(*taken);
    return taken;
}

SharedBody BodyBuffer::take_piece() {
    std::size_t count = 0;
    for (std::uint64_t octets = 0; octets < body_piece_bytes; ++count) octets += held_[count]->bytes.size();
    return take(count);
}

std::vector<SharedOctets> BodyBuffer::so_far() const {
    std::vector<SharedOctets> pieces;
    pieces.reserve(held_.size());
    for (const auto& octets : held_) pieces.push_back(shared(octets));
    return pieces;
}

void BodyBuffer::clear() {
    held_.clear();
    size_ = 0;
}

}  // namespace cursus
