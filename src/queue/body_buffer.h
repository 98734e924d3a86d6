// Octets of bodies in memory, each string with the charge for it, and what gathers them as they arrive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "queue/memory_budget.h"

namespace cursus {

// The octets of a HeldOctets, which live, and are charged for, as long as anybody has this.
using SharedOctets = std::shared_ptr<const std::string>;
struct HeldOctets {
    std::string bytes;
    MemoryCharge charge;
};
SharedOctets shared(std::shared_ptr<const HeldOctets> octets);

// Immutable once shared.
struct HeldBody {
    std::vector<SharedOctets> pieces;  // at most body_piece_bytes each, none empty
};
using SharedBody = std::shared_ptr<const HeldBody>;
std::uint64_t octets_of(const HeldBody& body);
// The octets from `offset` on, without a copy where a piece begins there; empty at the end.
SharedOctets part_of(const std::vector<SharedOctets>& pieces, std::uint64_t offset);

// What has arrived of a body and is not yet in the store. Its first octet is the first of a piece.
class BodyBuffer {
public:
    explicit BodyBuffer(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)) {}
    // The octets were taken from the budget. Small strings are joined, so that a drip of them costs no more.
    void add(std::string bytes);
    // The same for octets that were not taken from the budget: they are now, whether there is room or not.
    void add_unasked(std::string bytes);
    std::uint64_t size() const { return size_; }
    SharedBody take_piece();  // the first body_piece_bytes; there are so many
    SharedBody take_all() { return take(held_.size()); }
    std::vector<SharedOctets> so_far() const;  // all of it, which stays here too
    void clear();

private:
    void add_within_piece(std::string bytes);
    SharedBody take(std::size_t count);  // of held_

    std::shared_ptr<MemoryBudget> budget_;
    std::vector<std::shared_ptr<HeldOctets>> held_;  // joined only while nobody else has them
    std::uint64_t size_ = 0;
};

}  // namespace cursus
