#include "adapters/spool_format.h"

#include <gtest/gtest.h>

#include "adapters/store_crc32c.h"
#include "sim/sim_random.h"

namespace cursus {
namespace {

std::shared_ptr<const std::string> piece(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

std::vector<SpoolOperation> read_all(const RecordBuilder& record) {
    std::vector<SpoolOperation> found;
    OperationReader reader(record.operations(), record.bodies_bytes());
    SpoolOperation operation;
    auto step = reader.next(operation);
    for (; step == OperationReader::Step::Read; step = reader.next(operation)) found.push_back(operation);
    EXPECT_EQ(step, OperationReader::Step::End);
    return found;
}

TEST(Crc32c, gives_the_values_of_the_standard) {
    EXPECT_EQ(crc32c("123456789"), 0xE3069283u);              // the usual check value
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);    // RFC 3720 §B.4
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);  // RFC 3720 §B.4
    EXPECT_EQ(crc32c(""), 0u);
}

TEST(Crc32c, goes_on_where_it_stopped) {
    const std::string text = "some octets that are summed in two parts, the second one longer";
    for (std::size_t i = 0; i <= text.size(); ++i) {
        EXPECT_EQ(crc32c(std::string_view(text).substr(i), crc32c(std::string_view(text).substr(0, i))),
                  crc32c(text));
    }
}

TEST(SpoolFormat, a_segment_header_reads_as_it_was_written) {
    const SegmentHeader header{7, 0x1122334455667788, {6, 40960}};
    const auto block = encode(header);
    ASSERT_EQ(block.size(), spool_block_bytes);
    const auto parsed = parse_segment_header(block);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->number, 7u);
    EXPECT_EQ(parsed->salt, 0x1122334455667788u);
    EXPECT_EQ(parsed->previous_end, (SpoolPosition{6, 40960}));
}

TEST(SpoolFormat, a_segment_of_another_version_is_told_from_a_damaged_one) {
    auto block = encode(SegmentHeader{7, 1, {}});
    block[8] = 2;
    EXPECT_EQ(parse_segment_header(block).error(), HeaderFault::UnknownVersion);
    block[8] = 1;
    block[20] ^= 1;
    EXPECT_EQ(parse_segment_header(block).error(), HeaderFault::NotASegment);
    EXPECT_EQ(parse_segment_header("short").error(), HeaderFault::NotASegment);
    EXPECT_EQ(parse_segment_header(std::string(spool_block_bytes, '\0')).error(), HeaderFault::NotASegment);
}

TEST(SpoolFormat, a_record_counts_only_in_its_own_segment_at_its_own_place) {
    const SegmentHeader segment{7, 99, {}};
    const auto bytes = encode(RecordHeader{5, 10, 11, 12}, segment, 8192);
    ASSERT_EQ(bytes.size(), record_header_bytes);
    const auto parsed = parse_record_header(bytes, segment, 8192);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->sequence, 5u);
    EXPECT_EQ(parsed->bodies_bytes, 12u);
    EXPECT_FALSE(parse_record_header(bytes, segment, 4096)) << "a misdirected write";
    EXPECT_FALSE(parse_record_header(bytes, (SegmentHeader{7, 98, {}}), 8192)) << "what the file held before";
    EXPECT_FALSE(parse_record_header(bytes, (SegmentHeader{8, 99, {}}), 8192));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto flipped = bytes;
        flipped[i] ^= 4;
        EXPECT_FALSE(parse_record_header(flipped, segment, 8192)) << i;
        EXPECT_FALSE(parse_record_header(std::string_view(bytes).substr(0, i), segment, 8192)) << i;
    }
}

TEST(SpoolFormat, a_records_operations_read_as_they_were_added_in_order) {
    Batch first, second;
    first.put("key", "value");
    first.put_blob("blob", {piece("ab"), piece(""), piece("cde")});
    first.erase_blob("old");
    second.erase("key");
    second.put_blob("empty", {});
    RecordBuilder record;
    record.add(first);
    record.add(second);
    const auto found = read_all(record);
    ASSERT_EQ(found.size(), 5u);
    EXPECT_EQ(found[0].verb, SpoolVerb::Put);
    EXPECT_EQ(found[0].key, "key");
    EXPECT_EQ(found[0].value, "value");
    EXPECT_EQ(found[1].verb, SpoolVerb::PutBlob);
    EXPECT_EQ(found[1].length, 5u);
    EXPECT_TRUE((BlobPlace{{1, 2}, 5, std::string(found[1].checks)}).check(0, "abcde"));
    EXPECT_EQ(found[2].verb, SpoolVerb::EraseBlob);
    EXPECT_EQ(found[3].verb, SpoolVerb::Erase);
    EXPECT_EQ(found[4].bodies_offset, 5u);
    EXPECT_EQ(found[4].length, 0u);
    EXPECT_EQ(record.bodies_bytes(), 5u);
    EXPECT_EQ(record.bodies().size(), 2u) << "empty pieces are left out";
}

TEST(SpoolFormat, each_part_of_a_large_blob_has_a_checksum_wherever_its_pieces_end) {
    std::string text(2 * blob_check_bytes + 100, 'x');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 >> 3);
    Batch batch;
    batch.put_blob("b", {piece(text.substr(0, 1000)), piece(text.substr(1000, blob_check_bytes)),
                         piece(text.substr(1000 + blob_check_bytes))});
    RecordBuilder record;
    record.add(batch);
    const auto found = read_all(record);
    ASSERT_EQ(found.size(), 1u);
    ASSERT_EQ(found[0].checks.size(), 12u);
    const BlobPlace place{{3, 4096}, text.size(), std::string(found[0].checks)};
    for (std::size_t part = 0; part < 3; ++part) {
        EXPECT_TRUE(
            place.check(part, std::string_view(text).substr(part * blob_check_bytes, blob_check_bytes)));
    }
    EXPECT_FALSE(place.check(3, ""));
    EXPECT_EQ(parse_blob_place(encode(place)), place);
    EXPECT_FALSE(parse_blob_place(encode(place).substr(1)));
}

TEST(SpoolFormat, octets_of_any_kind_are_read_without_harm) {
    Batch batch;
    batch.put("key", "value");
    batch.put_blob("blob", {piece("body")});
    RecordBuilder record;
    record.add(batch);
    record.add_move("moved", BlobPlace{{1, 4096}, 4, "1234"}, piece("body"));
    SimRandom random(1);
    for (int round = 0; round < 20'000; ++round) {
        std::string octets = record.operations();
        for (auto n = random.between(1, 4); n > 0; --n) {
            octets[random.below(octets.size())] = static_cast<char>(random.next());
        }
        octets.resize(random.below(octets.size() + 1));
        OperationReader reader(octets, record.bodies_bytes());
        SpoolOperation operation;
        std::size_t steps = 0;
        while (reader.next(operation) == OperationReader::Step::Read) ++steps;
        ASSERT_LE(steps, octets.size());
    }
}

}  // namespace
}  // namespace cursus
