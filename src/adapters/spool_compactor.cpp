#include "adapters/spool_compactor.h"

#include <algorithm>
#include <utility>

namespace cursus {

struct SpoolCompactor::Walk {
    const SpoolReader& reader;
    const Append& append;
    const Pause& pause;
    RecordBuilder moves;
};

std::optional<std::uint64_t> SpoolCompactor::choose(std::uint64_t slack_bytes) const {
    const auto state = index_.settled_state();
    if (!state) return std::nullopt;
    const auto& live = state->live;
    std::uint64_t live_bytes = 0, dead_bytes = 0;
    std::optional<std::uint64_t> best;
    double best_share = 1;
    for (const auto& [segment, bytes] : directory_.sizes()) {
        const auto found = live.find(segment);
        if (segment >= state->complete.segment || found == live.end() || stuck_.contains(segment)) continue;
        const auto living = std::min(found->second, bytes);
        live_bytes += living;
        dead_bytes += bytes - living;
        const auto share = static_cast<double>(living) / static_cast<double>(bytes);
        if (share >= best_share) continue;
        best_share = share;
        best = segment;
    }
    return dead_bytes > live_bytes + slack_bytes ? best : std::nullopt;
}

Result<void, StoreError> SpoolCompactor::compact(std::uint64_t segment, const Append& append,
                                                 const Pause& pause) {
    const auto reader = SpoolReader::open(directory_, segment);
    if (!reader) {
        give_up(segment, reader.error().what);
        return {};
    }
    Walk walk{*reader, append, pause, {}};
    std::uint64_t offset = spool_block_bytes;
    while (true) {
        const auto record = reader->read(offset, SpoolReader::Verify::Operations);
        if (!record) return failure(store_error(record.error()));
        if (*record) {
            TRY(go_on, move_record(walk, **record));
            if (!go_on) return {};
            offset = (*record)->end();
            continue;
        }
        const auto next = reader->find_record(offset + spool_block_bytes, reader->bytes());
        if (!next) return failure(store_error(next.error()));
        if (!*next) break;
        offset = **next;
    }
    TRY(finished, hand_over(walk));
    TRY(state, index_.settled_state());
    if (finished && state.live.contains(segment)) {
        give_up(segment, directory_.segment_path(segment) + ": what lives in it cannot be read");
    }
    return {};
}

// False: asked to stop.
Result<bool, StoreError> SpoolCompactor::move_record(Walk& walk, const ReadRecord& record) {
    OperationReader operations(record.operations, record.header.bodies_bytes);
    SpoolOperation operation;
    while (operations.next(operation) == OperationReader::Step::Read) {
        const bool has_body = operation.verb == SpoolVerb::PutBlob || operation.verb == SpoolVerb::MoveBlob;
        if (!has_body || operation.length == 0) continue;
        const SpoolPosition here{walk.reader.header().number,
                                 record.offset + record.header.bodies_offset() + operation.bodies_offset};
        TRY(place, index_.blob(operation.key));
        if (!place || place->position != here) continue;
        auto body = walk.reader.body(*place);
        if (!body) return failure(store_error(body.error()));
        if (!*body) continue;  // damaged: it stays where it is, and so does its segment
        walk.moves.add_move(operation.key, *place, std::make_shared<const std::string>(*std::move(*body)));
        if (walk.moves.bytes() < step_bytes_) continue;
        TRY(go_on, hand_over(walk));
        if (!go_on) return false;
    }
    return true;
}

Result<bool, StoreError> SpoolCompactor::hand_over(Walk& walk) {
    if (walk.moves.operations().empty()) return true;
    TRY_VOID(walk.append(std::exchange(walk.moves, RecordBuilder{})));
    return walk.pause();
}

void SpoolCompactor::give_up(std::uint64_t segment, const std::string& why) {
    stuck_.insert(segment);
    trouble_(why + "; it is kept until that is erased");
}

}  // namespace cursus
