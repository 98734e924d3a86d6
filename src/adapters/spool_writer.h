// The end of the log: where records are appended. Used by the commit thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "adapters/spool_directory.h"
#include "adapters/spool_format.h"
#include "adapters/spool_spares.h"
#include "runtime/random.h"

namespace cursus {

struct SpoolLimits {
    std::uint64_t segment_bytes;
    std::uint64_t reserve_bytes;  // of the file system, left to the index: the log does not grow into it
};

// An appended record, on stable storage.
struct Appended {
    SpoolPosition position, end;
    RecordHeader header;
    bool began_segment = false;
};

class SpoolWriter {
public:
    SpoolWriter(SpoolDirectory& directory, SpoolSpares& spares, Random& random, SpoolLimits limits)
        : directory_(directory), spares_(spares), random_(random), limits_(limits) {}

    // Goes on where a log ended. `last`: the segment `end` lies in, when it may be appended to.
    struct End {
        SpoolPosition position;
        std::uint64_t sequence = 0;
        std::uint64_t numbers_used = 0;  // the highest segment number ever seen
        std::optional<SegmentHeader> last;
    };
    FileResult<> resume(const End& end);

    // Appends and syncs. After Full the record is cut off again. When a sync fails nothing is known about the
    // pages that were to be written, now or by a later sync: the segment is left as of the last good record,
    // and the record is written once more into a new segment; if that fails too, the answer is Failed. A
    // refused record may be found, whole, after a power cut that comes before the next record is kept; never
    // in part.
    Result<Appended, StoreError> append(const RecordBuilder& record);
    // Unwrites the record that was appended last: the index could not take it.
    void take_back(const Appended& last);

    const SpoolPosition& end() const { return end_; }
    std::uint64_t sequence() const { return sequence_; }
    // Whether the next record of that size will begin a segment.
    bool will_begin_segment(const RecordBuilder& record) const;

private:
    struct Current {
        SegmentHeader header;
        std::shared_ptr<File> file;
        std::uint64_t offset = 0;  // where the next record goes
        std::uint64_t bytes = 0;   // of the file
    };
    using Pieces = std::vector<std::string_view>;

    RecordHeader header_for(const RecordBuilder& record) const;
    bool fits(const RecordHeader& header) const;
    Result<void, StoreError> check_room(std::uint64_t growth, const RecordBuilder& record) const;
    Result<Appended, StoreError> append_here(const RecordBuilder& record, const RecordHeader& header);
    Result<Appended, StoreError> append_in_new_segment(const RecordBuilder& record,
                                                       const RecordHeader& header);
    FileResult<> name_segment(Spare& spare, std::uint64_t number);
    void cut(std::uint64_t offset);
    void leave();

    SpoolDirectory& directory_;
    SpoolSpares& spares_;
    Random& random_;
    const SpoolLimits limits_;
    std::optional<Current> current_;
    SpoolPosition end_;  // of the last record that counts
    std::uint64_t sequence_ = 0;
    std::uint64_t numbers_used_ = 0;
};

}  // namespace cursus
