#include "queue/so_far.h"

#include <utility>

#include "queue/layout.h"

namespace cursus {

Task<Result<SharedOctets, QueueError>> SoFar::piece(std::uint64_t offset) {
    if (offset >= octets_.size) co_return std::make_shared<const std::string>();
    if (octets_.head) {
        const auto& head = *octets_.head;
        const auto own = octets_of(*head.octets);
        if (offset < own) co_return part_of(head.octets->pieces, offset);
        offset = offset - own + head.in_place_of;
    }
    const auto stored = std::uint64_t{octets_.pieces} * body_piece_bytes;
    if (offset >= stored) co_return part_of(octets_.rest, offset - stored);
    const auto place = place_in({.size = stored, .pieces = octets_.pieces}, offset);
    auto read = co_await read_stored(needs_, message_, place.piece, place.inside, place.octets);
    if (octets_.stand.expired()) co_return failure(broken("what had arrived of the message was dropped"));
    co_return read;
}

}  // namespace cursus
