// Gives room back: moves what still lives in a nearly empty segment to the log's end, so that the segment can
// go.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "adapters/spool_directory.h"
#include "adapters/spool_format.h"
#include "adapters/spool_reader.h"
#include "adapters/store_index.h"

namespace cursus {

class SpoolCompactor {  // the maintenance thread's
public:
    // Appends a record of moves and returns once it is kept. A blob that was erased meanwhile is not moved.
    using Append = std::function<Result<void, StoreError>(RecordBuilder)>;
    // Called between two such records. False: stop.
    using Pause = std::function<bool()>;

    SpoolCompactor(SpoolDirectory& directory, StoreIndex& index, TroubleSink trouble,
                   std::uint64_t step_bytes)
        : directory_(directory), index_(index), trouble_(std::move(trouble)), step_bytes_(step_bytes) {}

    // The segment with the least living share, when what is dead in the log outgrows what lives by
    // `slack_bytes`. Only segments before the one the log ends in are looked at.
    std::optional<std::uint64_t> choose(std::uint64_t slack_bytes) const;
    // Moves everything that lives in the segment. A crash at any moment leaves each blob in one place that
    // counts.
    Result<void, StoreError> compact(std::uint64_t segment, const Append& append, const Pause& pause);

private:
    struct Walk;
    Result<bool, StoreError> move_record(Walk& walk, const ReadRecord& record);
    Result<bool, StoreError> hand_over(Walk& walk);
    void give_up(std::uint64_t segment, const std::string& why);

    SpoolDirectory& directory_;
    StoreIndex& index_;
    TroubleSink trouble_;
    const std::uint64_t step_bytes_;
    std::set<std::uint64_t>
        stuck_;  // hold something living that cannot be read: they stay until it is erased
};

}  // namespace cursus
