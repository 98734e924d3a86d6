// The spool log's octets: a segment that holds anything at all is read to its end, within bounds, and what
// parses is written back as it was read. Checksums keep the fuzzer out of a record's operations, so these are
// read by themselves too.
#include <array>
#include <string>

#include "adapters/spool_reader.h"
#include "fuzz/fuzz.h"
#include "sim/lossy_files.h"

namespace cursus::fuzz {
namespace {

constexpr SegmentHeader segment{1, 0x0123456789abcdef, {}};

void read_headers(std::string_view octets) {
    if (const auto header = parse_segment_header(octets))
        require(parse_segment_header(encode(*header)).has_value());
    if (const auto header = parse_record_header(octets, segment, spool_block_bytes))
        require(parse_record_header(encode(*header, segment, spool_block_bytes), segment, spool_block_bytes)
                    .has_value());
    if (const auto place = parse_blob_place(octets)) require(encode(*place) == octets);
}

void read_operations(std::string_view octets, std::uint64_t bodies_bytes) {
    OperationReader reader(octets, bodies_bytes);
    SpoolOperation operation;
    std::size_t steps = 0;
    while (reader.next(operation) == OperationReader::Step::Read) {
        require(operation.bodies_offset + operation.length <= bodies_bytes);
        require(++steps <= octets.size());
    }
}

// As start-up reads a segment: its records one after the other, and past what is damaged. An input that is a
// whole segment, as those of the corpus are, is read as it is; any other stands behind a header.
void read_segment(std::string_view octets) {
    const auto own = parse_segment_header(octets);
    const auto block = own ? std::string() : encode(segment);
    const auto number = own ? own->number : segment.number;
    LossyDisk disk(1);
    LossyFiles lossy(disk);
    Files& files = lossy;
    SpoolDirectory directory(files, "/store");
    require(files.make_directory("/store", 0700) && files.make_directory("/store/log", 0700));
    {
        auto file = files.open(directory.segment_path(number), OpenMode::CreateNew);
        const std::array pieces{std::string_view(block), octets};
        require(file && (*file)->write_at(0, pieces));
    }
    const auto reader = SpoolReader::open(directory, number);
    require(reader.has_value());
    for (std::uint64_t offset = spool_block_bytes; offset < reader->bytes();) {
        const auto record = reader->read(offset, SpoolReader::Verify::Bodies);
        require(record.has_value());
        if (*record) {
            require((*record)->end() > offset);
            offset = (*record)->end();
            continue;
        }
        const auto next = reader->find_record(offset + spool_block_bytes, reader->bytes());
        require(next.has_value());
        if (!*next) break;
        require(**next > offset);
        offset = **next;
    }
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto bodies_bytes = input.number() * std::uint64_t{64};
    fuzz::read_headers(input.rest());
    fuzz::read_operations(input.rest(), bodies_bytes);
    fuzz::read_segment(input.rest());
    return 0;
}
