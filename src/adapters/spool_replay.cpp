#include "adapters/spool_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cursus {
namespace {

constexpr std::size_t replayed_bytes = std::size_t{256} * 1024;

template <class T>
Result<T, StoreError> for_store(FileResult<T> result) {
    if constexpr (std::is_void_v<T>) {
        if (!result) return failure(store_error(result.error()));
        return {};
    } else {
        if (!result) return failure(store_error(result.error()));
        return *std::move(result);
    }
}

}  // namespace

// A process that was killed may have written its last record without syncing it; or it had tried to, in vain,
// after which Linux takes the pages for clean although they never reached the medium (they can be read until
// the power goes). That record is about to be relied on, so its octets are written once more, and synced,
// before the index hears of it: the index may reach the medium at any time. Records before it were synced
// before it was begun.
Result<void, StoreError> SpoolReplay::write_again(const Part& part, const ReadRecord& record) {
    TRY(file, for_store(directory_.files().open(directory_.segment_path(part.reader.header().number),
                                                OpenMode::Write)));
    std::vector<char> buffer(replayed_bytes);
    for (std::uint64_t at = record.offset; at < record.end();) {
        const auto wanted = std::min<std::uint64_t>(buffer.size(), record.end() - at);
        TRY(got, for_store(part.reader.file().read_at(at, std::span(buffer).first(wanted))));
        if (got == 0)
            break;  // the zeros that fill the last block were not written; nothing else can be absent
        const std::array pieces{std::string_view(buffer.data(), got)};
        TRY_VOID(for_store(file->write_at(at, pieces)));
        at += got;
    }
    return for_store(file->sync());
}

// Each segment says where the log ended when it was begun. Walking that chain back from the last segment
// finds which segments are the log, up to which offset, and which are the remains of a write that was
// refused.
Result<std::vector<SpoolReplay::Part>, StoreError> SpoolReplay::find_parts(
    const std::vector<std::uint64_t>& numbers) {
    const auto complete = index_.state().complete;
    std::vector<Part> parts;
    std::optional<SpoolPosition> previous_end;
    for (auto at = numbers.rbegin(); at != numbers.rend() && *at >= complete.segment; ++at) {
        if (previous_end && *at > previous_end->segment) continue;
        auto reader = SpoolReader::open(directory_, *at);
        if (!reader) {
            const bool is_damage = reader.error().fault == SpoolReader::Fault::NotASegment;
            if (!is_damage) return failure(StoreError{StoreErrorKind::Failed, reader.error().what});
            trouble_(reader.error().what + "; its records are skipped");
            continue;
        }
        const auto begin = *at == complete.segment ? complete.offset : spool_block_bytes;
        const bool is_whole = previous_end && previous_end->segment == *at;
        const auto end = is_whole ? std::optional(previous_end->offset) : std::nullopt;
        previous_end = reader->header().previous_end;
        parts.push_back({*std::move(reader), begin, end});
    }
    std::ranges::reverse(parts);
    return parts;
}

Result<void, StoreError> SpoolReplay::remove_orphans(const std::vector<Part>& parts,
                                                     const std::vector<std::uint64_t>& numbers) {
    const auto complete = index_.state().complete;
    for (const auto number : numbers) {
        const bool is_part = std::ranges::any_of(parts, [&](const Part& part) {  //
            return part.reader.header().number == number;
        });
        const bool never_counted = !parts.empty() && number > parts.front().reader.header().number &&
                                   number < parts.back().reader.header().number && !is_part;
        if (number <= complete.segment || !never_counted) continue;
        TRY_VOID(for_store(directory_.files().remove(directory_.segment_path(number))));
        directory_.forget(number);
    }
    return {};
}

Result<void, StoreError> SpoolReplay::check_missing(const std::vector<Part>& parts) {
    const auto complete = index_.state().complete;
    const auto sizes = directory_.sizes();
    // It is never removed: either it was taken away, or this index is older than the log. Both are for people
    // to mend.
    if (complete.segment != 0 && !sizes.contains(complete.segment)) {
        return failure(StoreError{
            StoreErrorKind::Damaged,
            directory_.segment_path(complete.segment) + ": missing, and the index needs the log from there"});
    }
    SpoolPosition expected = complete;
    for (const auto& part : parts) {
        const auto& header = part.reader.header();
        if (header.number != expected.segment && header.previous_end != expected) {
            trouble_(fmt::format("{}: the log before it is missing, from {:x}:{:x} to {:x}:{:x}",
                                 directory_.segment_path(header.number), expected.segment, expected.offset,
                                 header.previous_end.segment, header.previous_end.offset));
        }
        expected = {header.number, part.end.value_or(0)};
    }
    for (const auto& [segment, octets] : index_.state().live) {
        if (sizes.contains(segment)) continue;
        trouble_(fmt::format("{}: missing, and with it {} octets of message bodies",
                             directory_.segment_path(segment), octets));
    }
    return {};
}

Result<SpoolWriter::End, StoreError> SpoolReplay::at_start() {
    TRY(numbers, for_store(directory_.segments()));
    TRY_VOID(for_store(directory_.sync_log()));  // the names that can be seen now are about to be relied on
    for (const auto number : numbers) {
        TRY(file, for_store(directory_.files().open(directory_.segment_path(number), OpenMode::Read)));
        TRY(size, for_store(file->size()));
        directory_.note_size(number, size);
    }
    TRY(parts, find_parts(numbers));
    TRY_VOID(remove_orphans(parts, numbers));
    TRY_VOID(check_missing(parts));

    SpoolWriter::End end;
    end.numbers_used = numbers.empty() ? 0 : numbers.back();
    end.position = index_.state().complete;
    for (const auto& part : parts) {
        const bool ends_log = &part == &parts.back();
        TRY(offset, replay(part, ends_log ? LastRecord::Doubtful : LastRecord::Synced));
        end.position = {part.reader.header().number, offset};
        const bool can_go_on = ends_log && part.reader.header().number == numbers.back() && !damaged_;
        if (can_go_on) end.last = part.reader.header();
    }
    end.sequence = index_.state().sequence;
    return end;
}

Result<void, StoreError> SpoolReplay::up_to(SpoolPosition end) {
    TRY(numbers, for_store(directory_.segments()));
    std::erase_if(numbers, [&](std::uint64_t number) { return number > end.segment; });
    TRY(parts, find_parts(numbers));
    for (auto& part : parts) {
        if (part.reader.header().number == end.segment) part.end = end.offset;
        TRY_VOID(replay(part, LastRecord::Synced));
    }
    return {};
}

Result<void, StoreError> SpoolReplay::apply(const Part& part, const ReadRecord& record) {
    return apply_({part.reader.header().number, record.offset}, record.header, record.operations);
}

// Where the last whole record ends. A record is applied once it is known whether it is the last.
Result<std::uint64_t, StoreError> SpoolReplay::replay(const Part& part, LastRecord last_record) {
    damaged_ = false;
    std::uint64_t offset = part.begin;
    std::optional<ReadRecord> held;
    const auto apply_held = [&]() -> Result<void, StoreError> {
        const auto record = std::exchange(held, std::nullopt);
        return record ? apply(part, *record) : Result<void, StoreError>{};
    };
    while (!part.end || offset < *part.end) {
        TRY(record, for_store(part.reader.read(offset, SpoolReader::Verify::Bodies)));
        if (record && record->bodies_intact) {
            TRY_VOID(apply_held());
            offset = record->end();
            held = std::move(record);
            continue;
        }
        Gap gap{offset, part.end.value_or(part.reader.bytes()), std::nullopt, std::move(record)};
        TRY(next, for_store(part.reader.find_record(offset + spool_block_bytes, gap.bytes_max)));
        gap.next = next;
        if (!next && !part.end) {
            report_tail(part, offset);
            break;
        }
        damaged_ = true;
        TRY_VOID(apply_held());
        TRY(behind, step_over(part, gap));
        offset = behind;
    }
    if (held && last_record == LastRecord::Doubtful) {
        TRY_VOID(write_again(part, *held));
    }
    TRY_VOID(apply_held());
    return offset;
}

// One record is written and synced at a time, so something whole behind something broken means that what was
// promised has been damaged since.
Result<std::uint64_t, StoreError> SpoolReplay::step_over(const Part& part, const Gap& gap) {
    const auto number = part.reader.header().number;
    const auto end = gap.record ? gap.record->end() : gap.next.value_or(gap.bytes_max);
    const auto copy = directory_.keep_aside(part.reader.file(), number, gap.offset, end);
    trouble_(fmt::format(
        "{}: damaged between {:x} and {:x}: {}; {}", directory_.segment_path(number), gap.offset, end,
        gap.record ? "message bodies, which will read as damaged" : "the changes there are lost",
        copy.empty() ? "it could not be copied" : "kept in " + copy));
    if (gap.record) {
        TRY_VOID(apply(part, *gap.record));
    }
    return end;
}

void SpoolReplay::report_tail(const Part& part, std::uint64_t offset) {
    const auto begun = part.reader.has_header(offset);
    if (!begun || !*begun) return;
    trouble_(fmt::format(
        "{}: the record at {:x} was not written to its end and is cut off, as expected after a power "
        "cut or a kill",
        directory_.segment_path(part.reader.header().number), offset));
}

}  // namespace cursus
