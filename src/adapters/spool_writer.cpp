#include "adapters/spool_writer.h"

#include <algorithm>
#include <array>

#include "adapters/store_crc32c.h"

namespace cursus {
namespace {

constexpr std::array<char, spool_block_bytes> zeros{};

// A record without bodies is the outcome of deliveries, which is what gives room back: it may use half of the
// reserve.
constexpr std::uint64_t reserve_share_without_bodies = 2;

// Tails that are worth giving back when a segment is left before it was full.
constexpr std::uint64_t unused_share = 8;

void add_record(std::vector<std::string_view>& pieces, const std::string& header_bytes,
                const RecordBuilder& record, const RecordHeader& header) {
    pieces.push_back(header_bytes);
    if (!record.operations().empty()) pieces.push_back(record.operations());
    for (const auto& body : record.bodies()) pieces.push_back(*body);
    const auto padding = header.bytes() - header.bodies_offset() - header.bodies_bytes;
    if (padding > 0) pieces.emplace_back(zeros.data(), padding);
}

}  // namespace

FileResult<> SpoolWriter::resume(const End& end) {
    end_ = end.position;
    sequence_ = end.sequence;
    numbers_used_ = std::max(end.numbers_used, end.position.segment);
    current_.reset();
    if (!end.last) return {};
    TRY(file, directory_.files().open(directory_.segment_path(end.last->number), OpenMode::Write));
    TRY(size, file->size());
    current_ = Current{*end.last, std::move(file), end.position.offset, size};
    return {};
}

RecordHeader SpoolWriter::header_for(const RecordBuilder& record) const {
    RecordHeader header;
    header.sequence = sequence_ + 1;
    header.operations_bytes = static_cast<std::uint32_t>(record.operations().size());
    header.operations_check = crc32c(record.operations());
    header.bodies_bytes = record.bodies_bytes();
    return header;
}

// A record larger than a segment gets a larger segment of its own.
bool SpoolWriter::fits(const RecordHeader& header) const {
    return current_ && current_->offset + header.bytes() <= limits_.segment_bytes;
}

bool SpoolWriter::will_begin_segment(const RecordBuilder& record) const {
    return !current_ || current_->offset + whole_blocks(record.bytes()) > limits_.segment_bytes;
}

Result<void, StoreError> SpoolWriter::check_room(std::uint64_t growth, const RecordBuilder& record) const {
    if (growth == 0) return {};
    const auto free = directory_.free_bytes();
    if (!free) return failure(store_error(free.error()));
    const auto reserve = record.bodies_bytes() > 0 ? limits_.reserve_bytes
                                                   : limits_.reserve_bytes / reserve_share_without_bodies;
    if (*free >= growth + reserve) return {};
    return failure(StoreError{StoreErrorKind::Full, directory_.log_path() + ": no room for the log to grow"});
}

Result<Appended, StoreError> SpoolWriter::append(const RecordBuilder& record) {
    if (record.bytes() > record_bytes_limit) {
        return failure(StoreError{StoreErrorKind::Failed, "a batch of more than 1 GiB"});
    }
    const auto header = header_for(record);
    auto appended = fits(header) ? append_here(record, header) : append_in_new_segment(record, header);
    const bool try_elsewhere = !appended && appended.error().kind == StoreErrorKind::Failed;
    if (try_elsewhere) appended = append_in_new_segment(record, header);
    if (appended) {
        sequence_ = header.sequence;
        end_ = appended->end;
    }
    return appended;
}

Result<Appended, StoreError> SpoolWriter::append_here(const RecordBuilder& record,
                                                      const RecordHeader& header) {
    Current& current = *current_;
    const auto end = current.offset + header.bytes();
    TRY_VOID(check_room(end > current.bytes ? end - current.bytes : 0, record));
    const auto header_bytes = encode(header, current.header, current.offset);
    Pieces pieces;
    add_record(pieces, header_bytes, record, header);
    const auto written = current.file->write_at(current.offset, pieces);
    if (!written && written.error().kind == FileErrorKind::Full) {
        cut(current.offset);
        return failure(store_error(written.error()));
    }
    const auto synced = written ? current.file->sync() : written;
    if (!synced) {
        leave();
        return failure(StoreError{StoreErrorKind::Failed, synced.error().what});
    }
    const SpoolPosition position{current.header.number, current.offset};
    current.offset = end;
    if (end > current.bytes) directory_.note_size(current.header.number, current.bytes = end);
    return Appended{position, {position.segment, end}, header, false};
}

// The segment appears under its name with its first record already in it, so that none is ever found without.
Result<Appended, StoreError> SpoolWriter::append_in_new_segment(const RecordBuilder& record,
                                                                const RecordHeader& header) {
    const SegmentHeader segment{++numbers_used_, random_.next(), end_};
    auto spare = spares_.take();
    if (!spare) return failure(store_error(spare.error()));
    const auto end = spool_block_bytes + header.bytes();
    auto done = check_room(end > spare->bytes ? end - spare->bytes : 0, record);
    if (done) {
        const auto segment_block = encode(segment);
        const auto header_bytes = encode(header, segment, spool_block_bytes);
        Pieces pieces{segment_block};
        add_record(pieces, header_bytes, record, header);
        auto written = spare->file->write_at(0, pieces);
        if (written) written = spare->file->sync();
        if (written) {
            leave();  // for good: once the new segment may be found, nothing may be appended before it
            written = name_segment(*spare, segment.number);
        }
        if (!written) done = failure(store_error(written.error()));
    }
    if (!done) {
        spares_.discard(*std::move(spare));
        return failure(std::move(done).error());
    }
    const auto bytes = std::max(end, spare->bytes);
    current_ = Current{segment, std::move(spare->file), end, bytes};
    directory_.note_size(segment.number, bytes);
    return Appended{{segment.number, spool_block_bytes}, {segment.number, end}, header, true};
}

FileResult<> SpoolWriter::name_segment(Spare& spare, std::uint64_t number) {
    const auto path = directory_.segment_path(number);
    TRY_VOID(directory_.files().rename(spare.path, path));
    spare.path = path;  // from here on this is what a failure discards
    return directory_.sync_log();
}

// Not synced: the next record that is kept makes it last, and until then a refused one may be found again.
void SpoolWriter::cut(std::uint64_t offset) {
    if (!current_->file->truncate(offset)) {
        leave();
        return;
    }
    directory_.note_size(current_->header.number, current_->bytes = offset);
}

void SpoolWriter::take_back(const Appended& last) {
    --sequence_;
    end_ = last.position;
    current_->offset = last.position.offset;
    cut(last.position.offset);
}

void SpoolWriter::leave() {
    if (!current_) return;
    const Current current = *std::exchange(current_, std::nullopt);
    const bool worth_it = current.bytes > current.offset + limits_.segment_bytes / unused_share;
    if (worth_it && current.file->truncate(current.offset)) {
        directory_.note_size(current.header.number, current.offset);
    }
}

}  // namespace cursus
