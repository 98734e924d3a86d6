#include "adapters/spool_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "adapters/store_crc32c.h"

namespace cursus {
namespace {

constexpr std::string_view segment_magic = "CursusSg";
constexpr std::string_view record_magic = "CuRe";
constexpr std::size_t segment_header_bytes = 52;

static_assert(std::endian::native == std::endian::little, "stored integers are little-endian");

template <class T>
void append_integer(std::string& to, T value) {
    std::array<char, sizeof value> octets;
    std::memcpy(octets.data(), &value, sizeof value);
    to.append(octets.data(), octets.size());
}

// A cursor that fails once and then stays failed.
class Octets {
public:
    explicit Octets(std::string_view bytes) : rest_(bytes) {}
    std::string_view take(std::uint64_t count) {
        if (count > rest_.size()) {
            failed_ = true;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    template <class T>
    T integer() {
        T value{};
        const auto taken = take(sizeof value);
        if (!failed_) std::memcpy(&value, taken.data(), sizeof value);
        return value;
    }
    bool failed() const { return failed_; }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

std::uint64_t checks_bytes(std::uint64_t length) {
    return (length + blob_check_bytes - 1) / blob_check_bytes * sizeof(std::uint32_t);
}

void append_text(std::string& to, std::string_view text) {
    append_integer(to, static_cast<std::uint32_t>(text.size()));
    to += text;
}

void append_verb(std::string& to, SpoolVerb verb, std::string_view key) {
    to.push_back(static_cast<char>(verb));
    append_text(to, key);
}

}  // namespace

std::string encode(const SegmentHeader& header) {
    std::string block(segment_magic);
    append_integer(block, spool_version);
    append_integer(block, header.number);
    append_integer(block, header.salt);
    append_integer(block, header.previous_end.segment);
    append_integer(block, header.previous_end.offset);
    append_integer(block, std::uint32_t{0});
    append_integer(block, crc32c(block));
    block.resize(spool_block_bytes, '\0');
    return block;
}

Result<SegmentHeader, HeaderFault> parse_segment_header(std::string_view block) {
    Octets octets(block);
    if (octets.take(segment_magic.size()) != segment_magic) return failure(HeaderFault::NotASegment);
    const auto version = octets.integer<std::uint32_t>();
    SegmentHeader header;
    header.number = octets.integer<std::uint64_t>();
    header.salt = octets.integer<std::uint64_t>();
    header.previous_end.segment = octets.integer<std::uint64_t>();
    header.previous_end.offset = octets.integer<std::uint64_t>();
    octets.integer<std::uint32_t>();
    const auto check = octets.integer<std::uint32_t>();
    if (octets.failed()) return failure(HeaderFault::NotASegment);
    if (version != spool_version) return failure(HeaderFault::UnknownVersion);
    if (check != crc32c(block.substr(0, segment_header_bytes - sizeof check)))
        return failure(HeaderFault::NotASegment);
    return header;
}

std::string encode(const RecordHeader& header, const SegmentHeader& segment, std::uint64_t offset) {
    std::string fields;
    fields.reserve(record_header_bytes);
    append_integer(fields, segment.salt);
    append_integer(fields, segment.number);
    append_integer(fields, offset);
    append_integer(fields, header.sequence);
    append_integer(fields, header.operations_bytes);
    append_integer(fields, header.operations_check);
    append_integer(fields, header.bodies_bytes);
    append_integer(fields, std::uint64_t{0});
    std::string bytes(record_magic);
    append_integer(bytes, crc32c(fields));
    return bytes += fields;
}

std::optional<RecordHeader> parse_record_header(std::string_view bytes, const SegmentHeader& segment,
                                                std::uint64_t offset) {
    if (bytes.size() < record_header_bytes) return std::nullopt;
    Octets octets(bytes.substr(0, record_header_bytes));
    if (octets.take(record_magic.size()) != record_magic) return std::nullopt;
    const auto check = octets.integer<std::uint32_t>();
    if (check != crc32c(octets.rest())) return std::nullopt;
    if (octets.integer<std::uint64_t>() != segment.salt) return std::nullopt;
    if (octets.integer<std::uint64_t>() != segment.number) return std::nullopt;
    if (octets.integer<std::uint64_t>() != offset) return std::nullopt;
    RecordHeader header;
    header.sequence = octets.integer<std::uint64_t>();
    header.operations_bytes = octets.integer<std::uint32_t>();
    header.operations_check = octets.integer<std::uint32_t>();
    header.bodies_bytes = octets.integer<std::uint64_t>();
    if (header.operations_bytes > record_bytes_limit || header.bodies_bytes > record_bytes_limit)
        return std::nullopt;
    return header;
}

bool BlobPlace::check(std::size_t part, std::string_view bytes) const {
    if ((part + 1) * sizeof(std::uint32_t) > checks.size()) return false;
    std::uint32_t expected;
    std::memcpy(&expected, checks.data() + part * sizeof expected, sizeof expected);
    return crc32c(bytes) == expected;
}

std::string encode(const BlobPlace& place) {
    std::string bytes;
    bytes.reserve(3 * sizeof(std::uint64_t) + place.checks.size());
    append_integer(bytes, place.position.segment);
    append_integer(bytes, place.position.offset);
    append_integer(bytes, place.length);
    return bytes += place.checks;
}

std::optional<BlobPlace> parse_blob_place(std::string_view bytes) {
    Octets octets(bytes);
    BlobPlace place;
    place.position.segment = octets.integer<std::uint64_t>();
    place.position.offset = octets.integer<std::uint64_t>();
    place.length = octets.integer<std::uint64_t>();
    if (octets.failed() || place.length > record_bytes_limit) return std::nullopt;
    if (octets.rest().size() != checks_bytes(place.length)) return std::nullopt;
    place.checks = octets.rest();
    return place;
}

void RecordBuilder::add(const Batch& batch) {
    for (const auto& put : batch.puts()) {
        append_verb(operations_, SpoolVerb::Put, put.key);
        append_text(operations_, put.value);
    }
    for (const auto& erase : batch.erases()) append_verb(operations_, SpoolVerb::Erase, erase.key);
    for (const auto& blob : batch.blob_puts()) add_blob(blob);
    for (const auto& blob : batch.blob_erases()) append_verb(operations_, SpoolVerb::EraseBlob, blob.key);
}

void RecordBuilder::add_blob(const Batch::PutBlob& blob) {
    std::uint64_t length = 0;
    for (const auto& piece : blob.pieces) length += piece->size();
    append_verb(operations_, SpoolVerb::PutBlob, blob.key);
    append_integer(operations_, length);
    std::uint32_t check = 0;
    std::size_t room = blob_check_bytes;  // in the part that is being summed
    for (const auto& piece : blob.pieces) {
        std::string_view rest = *piece;
        while (!rest.empty()) {
            const auto now = rest.substr(0, room);
            check = crc32c(now, check);
            rest.remove_prefix(now.size());
            room -= now.size();
            if (room > 0) continue;
            append_integer(operations_, check);
            check = 0;
            room = blob_check_bytes;
        }
        if (!piece->empty()) bodies_.push_back(piece);
    }
    if (room < blob_check_bytes) append_integer(operations_, check);
    bodies_bytes_ += length;
}

void RecordBuilder::add_move(std::string_view key, const BlobPlace& from,
                             std::shared_ptr<const std::string> body) {
    append_verb(operations_, SpoolVerb::MoveBlob, key);
    append_integer(operations_, from.length);
    operations_ += from.checks;
    append_integer(operations_, from.position.segment);
    append_integer(operations_, from.position.offset);
    bodies_bytes_ += body->size();
    if (!body->empty()) bodies_.push_back(std::move(body));
}

OperationReader::Step OperationReader::next(SpoolOperation& operation) {
    if (rest_.empty()) return bodies_offset_ == bodies_bytes_ ? Step::End : Step::Malformed;
    Octets octets(rest_);
    operation = {};
    operation.verb = static_cast<SpoolVerb>(octets.integer<std::uint8_t>());
    operation.key = octets.take(octets.integer<std::uint32_t>());
    switch (operation.verb) {
        case SpoolVerb::Put:
            operation.value = octets.take(octets.integer<std::uint32_t>());
            break;
        case SpoolVerb::Erase:
        case SpoolVerb::EraseBlob:
            break;
        case SpoolVerb::PutBlob:
        case SpoolVerb::MoveBlob:
            operation.length = octets.integer<std::uint64_t>();
            if (operation.length > bodies_bytes_ - bodies_offset_) return Step::Malformed;
            operation.checks = octets.take(checks_bytes(operation.length));
            operation.bodies_offset = bodies_offset_;
            bodies_offset_ += operation.length;
            if (operation.verb == SpoolVerb::MoveBlob) {
                operation.from.segment = octets.integer<std::uint64_t>();
                operation.from.offset = octets.integer<std::uint64_t>();
            }
            break;
        default:
            return Step::Malformed;
    }
    if (octets.failed()) return Step::Malformed;
    rest_ = octets.rest();
    return Step::Read;
}

}  // namespace cursus
