// The spool log's bytes: segments, records, and where blobs lie. Pure; nothing here does I/O.
//
// A segment is one block of header, then records, each beginning on a block (so that no block holds two
// records, and a new record never rewrites a block that was promised): header of 64 octets, operations,
// bodies, zeros to the block. Every segment has a random salt that stands in each of its records. What a file
// held before it became this segment, a forged record inside a message, or a record of another place is
// therefore never taken for a record.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/store.h"

namespace cursus {

inline constexpr std::uint32_t spool_version = 1;
inline constexpr std::size_t spool_block_bytes = 4096;
inline constexpr std::size_t record_header_bytes = 64;
inline constexpr std::size_t blob_check_bytes =
    std::size_t{256} * 1024;  // each such part has a checksum of its own
inline constexpr std::uint64_t record_bytes_limit = std::uint64_t{1} << 30;

constexpr std::uint64_t whole_blocks(std::uint64_t bytes) {
    return (bytes + spool_block_bytes - 1) / spool_block_bytes * spool_block_bytes;
}

struct SpoolPosition {
    std::uint64_t segment = 0;  // numbered from 1 and never again; 0: before the first
    std::uint64_t offset = 0;
    friend auto operator<=>(const SpoolPosition&, const SpoolPosition&) = default;
};

struct SegmentHeader {
    std::uint64_t number = 0;
    std::uint64_t salt = 0;
    SpoolPosition
        previous_end;  // where the log ended when this segment was begun: what lies behind it never counted
};
enum class HeaderFault : std::uint8_t { NotASegment, UnknownVersion };
std::string encode(const SegmentHeader& header);  // one block
Result<SegmentHeader, HeaderFault> parse_segment_header(std::string_view block);

struct RecordHeader {
    std::uint64_t sequence = 0;  // of records in the whole log, one more each time
    std::uint32_t operations_bytes = 0;
    std::uint32_t operations_check = 0;
    std::uint64_t bodies_bytes = 0;
    std::uint64_t bodies_offset() const {
        return record_header_bytes + operations_bytes;
    }  // from the record's start
    std::uint64_t bytes() const { return whole_blocks(bodies_offset() + bodies_bytes); }
};
std::string encode(const RecordHeader& header, const SegmentHeader& segment, std::uint64_t offset);
// nullopt: no record of this segment begins with these octets at this offset.
std::optional<RecordHeader> parse_record_header(std::string_view bytes, const SegmentHeader& segment,
                                                std::uint64_t offset);

// Where a blob lies. `checks` is one CRC-32C, four octets, for each blob_check_bytes begun; as they are
// stored.
struct BlobPlace {
    SpoolPosition position;
    std::uint64_t length = 0;
    std::string checks;
    bool check(std::size_t part, std::string_view bytes) const;
    friend bool operator==(const BlobPlace&, const BlobPlace&) = default;
};
std::string encode(const BlobPlace& place);
std::optional<BlobPlace> parse_blob_place(std::string_view bytes);

enum class SpoolVerb : std::uint8_t { Put = 1, Erase = 2, PutBlob = 3, EraseBlob = 4, MoveBlob = 5 };

// One change, as a record holds it. Views into the record's operations.
struct SpoolOperation {
    SpoolVerb verb{};
    std::string_view key;
    std::string_view value;           // Put
    std::uint64_t bodies_offset = 0;  // PutBlob, MoveBlob: from the start of the record's bodies
    std::uint64_t length = 0;         // PutBlob, MoveBlob
    std::string_view checks;          // PutBlob, MoveBlob
    SpoolPosition from;               // MoveBlob: where the blob lay; it counts only if it still lies there
};

// Gathers batches, in order, into the operations and bodies of one record. Bodies are referred to, not
// copied.
class RecordBuilder {
public:
    void add(const Batch& batch);
    void add_move(std::string_view key, const BlobPlace& from, std::shared_ptr<const std::string> body);
    const std::string& operations() const { return operations_; }
    const std::vector<std::shared_ptr<const std::string>>& bodies() const { return bodies_; }
    std::uint64_t bodies_bytes() const { return bodies_bytes_; }
    std::uint64_t bytes() const { return record_header_bytes + operations_.size() + bodies_bytes_; }

private:
    void add_blob(const Batch::PutBlob& blob);
    std::string operations_;
    std::vector<std::shared_ptr<const std::string>> bodies_;
    std::uint64_t bodies_bytes_ = 0;
};

// Walks the operations of a record whose checks held; a malformed one all the same ends the walk with
// Malformed.
class OperationReader {
public:
    OperationReader(std::string_view operations, std::uint64_t bodies_bytes)
        : rest_(operations), bodies_bytes_(bodies_bytes) {}
    enum class Step : std::uint8_t { Read, End, Malformed };
    Step next(SpoolOperation& operation);

private:
    std::string_view rest_;
    std::uint64_t bodies_bytes_;
    std::uint64_t bodies_offset_ = 0;
};

}  // namespace cursus
