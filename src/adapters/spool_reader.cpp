#include "adapters/spool_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/store_crc32c.h"

namespace cursus {
namespace {

constexpr std::uint64_t scan_bytes = std::uint64_t{256} * 1024;

SpoolReader::OpenError open_error(const FileError& error) {
    const bool missing = error.kind == FileErrorKind::NotFound;
    return {missing ? SpoolReader::Fault::Missing : SpoolReader::Fault::Unreadable, error.what};
}

}  // namespace

Result<SpoolReader, SpoolReader::OpenError> SpoolReader::open(SpoolDirectory& directory,
                                                              std::uint64_t number) {
    const auto path = directory.segment_path(number);
    auto file = directory.files().open(path, OpenMode::Read);
    if (!file) return failure(open_error(file.error()));
    std::array<char, spool_block_bytes> block{};
    const auto got = (*file)->read_at(0, block);
    if (!got) return failure(open_error(got.error()));
    const auto size = (*file)->size();
    if (!size) return failure(open_error(size.error()));
    const auto header = parse_segment_header({block.data(), *got});
    if (!header && header.error() == HeaderFault::UnknownVersion) {
        return failure(OpenError{Fault::UnknownVersion, path + ": a segment of another release's store"});
    }
    if (!header || header->number != number) {
        return failure(OpenError{Fault::NotASegment, path + ": its first block is not that of this segment"});
    }
    return SpoolReader(*std::move(file), *header, *size);
}

FileResult<bool> SpoolReader::has_header(std::uint64_t offset) const {
    std::array<char, record_header_bytes> bytes{};
    TRY(got, file_->read_at(offset, bytes));
    return parse_record_header({bytes.data(), got}, header_, offset).has_value();
}

FileResult<std::optional<ReadRecord>> SpoolReader::read(std::uint64_t offset, Verify verify) const {
    std::array<char, spool_block_bytes> block{};
    TRY(got, file_->read_at(offset, block));
    const auto header = parse_record_header({block.data(), got}, header_, offset);
    if (!header || offset + header->bytes() > whole_blocks(bytes_)) return std::nullopt;
    ReadRecord record{offset, *header, std::string(header->operations_bytes, '\0'), true};
    const std::size_t at_hand = std::min<std::size_t>(got - record_header_bytes, header->operations_bytes);
    std::copy_n(block.begin() + record_header_bytes, at_hand, record.operations.begin());
    if (at_hand < record.operations.size()) {
        const auto rest = std::span(record.operations).subspan(at_hand);
        TRY(more, file_->read_at(offset + record_header_bytes + at_hand, rest));
        if (more < rest.size()) return std::nullopt;
    }
    if (crc32c(record.operations) != header->operations_check) return std::nullopt;
    if (verify == Verify::Bodies) {
        TRY(intact, bodies_match(record));
        record.bodies_intact = intact;
    }
    return record;
}

FileResult<bool> SpoolReader::bodies_match(const ReadRecord& record) const {
    OperationReader operations(record.operations, record.header.bodies_bytes);
    SpoolOperation operation;
    auto step = operations.next(operation);
    for (; step == OperationReader::Step::Read; step = operations.next(operation)) {
        if (operation.length == 0) continue;
        const auto offset = record.offset + record.header.bodies_offset() + operation.bodies_offset;
        TRY(bytes, body({{header_.number, offset}, operation.length, std::string(operation.checks)}));
        if (!bytes) return false;
    }
    return step == OperationReader::Step::End;
}

FileResult<std::optional<std::uint64_t>> SpoolReader::find_record(std::uint64_t from,
                                                                  std::uint64_t to) const {
    std::string buffer(scan_bytes, '\0');
    for (std::uint64_t at = from; at < to; at += buffer.size()) {
        TRY(got, file_->read_at(at, buffer));
        for (std::size_t in = 0; in < got && at + in < to; in += spool_block_bytes) {
            if (!parse_record_header(std::string_view(buffer).substr(in, got - in), header_, at + in))
                continue;
            TRY(record, read(at + in, Verify::Operations));
            if (record) return at + in;
        }
        if (got < buffer.size()) break;
    }
    return std::nullopt;
}

FileResult<std::optional<std::string>> SpoolReader::body(const BlobPlace& place) const {
    return read_verified(*file_, place, 0, place.length);
}

FileResult<std::optional<std::string>> read_verified(const File& file, const BlobPlace& place,
                                                     std::uint64_t offset, std::uint64_t length) {
    if (offset >= place.length || length == 0) return std::string{};
    length = std::min(length, place.length - offset);
    const auto first = offset / blob_check_bytes * blob_check_bytes;
    const auto past = (offset + length + blob_check_bytes - 1) / blob_check_bytes * blob_check_bytes;
    std::string bytes(std::min(past, place.length) - first, '\0');
    TRY(got, file.read_at(place.position.offset + first, bytes));
    if (got < bytes.size()) return std::nullopt;
    for (std::uint64_t at = 0; at < bytes.size(); at += blob_check_bytes) {
        const auto part = std::string_view(bytes).substr(at, blob_check_bytes);
        if (!place.check((first + at) / blob_check_bytes, part)) return std::nullopt;
    }
    if (offset > first) bytes.erase(0, offset - first);
    bytes.resize(length);
    return bytes;
}

}  // namespace cursus
