// Reads a segment's records, verifying them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/spool_directory.h"
#include "adapters/spool_format.h"

namespace cursus {

struct ReadRecord {
    std::uint64_t offset = 0;
    RecordHeader header;
    std::string operations;     // match their check
    bool bodies_intact = true;  // as far as they were verified
    std::uint64_t end() const { return offset + header.bytes(); }
};

class SpoolReader {
public:
    enum class Fault : std::uint8_t { Missing, NotASegment, UnknownVersion, Unreadable };
    struct OpenError {
        Fault fault;
        std::string what;
    };
    static Result<SpoolReader, OpenError> open(SpoolDirectory& directory, std::uint64_t number);

    const SegmentHeader& header() const { return header_; }
    const File& file() const { return *file_; }
    std::uint64_t bytes() const { return bytes_; }

    enum class Verify : std::uint8_t { Operations, Bodies };
    // nullopt: no record with intact operations begins there.
    FileResult<std::optional<ReadRecord>> read(std::uint64_t offset, Verify verify) const;
    // The first offset in [from, to) at which read() finds a record.
    FileResult<std::optional<std::uint64_t>> find_record(std::uint64_t from, std::uint64_t to) const;
    // Whether a header stands at the offset, whatever became of the rest.
    FileResult<bool> has_header(std::uint64_t offset) const;
    // A blob's bytes, or nullopt when they do not match their checks.
    FileResult<std::optional<std::string>> body(const BlobPlace& place) const;

private:
    SpoolReader(std::unique_ptr<File> file, SegmentHeader header, std::uint64_t bytes)
        : file_(std::move(file)), header_(header), bytes_(bytes) {}
    FileResult<bool> bodies_match(const ReadRecord& record) const;

    std::unique_ptr<File> file_;
    SegmentHeader header_;
    std::uint64_t bytes_;
};

// The parts of a blob that hold [offset, offset + length), verified, cut to what was asked. nullopt: damaged.
FileResult<std::optional<std::string>> read_verified(const File& file, const BlobPlace& place,
                                                     std::uint64_t offset, std::uint64_t length);

}  // namespace cursus
