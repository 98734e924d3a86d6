#include "mail/data_framing.h"

#include <gtest/gtest.h>

#include "mail/line_reader.h"

namespace cursus {
namespace {

using namespace std::string_literals;

const char* name(const std::optional<DataViolation>& violation) {
    if (!violation) return "none";
    switch (*violation) {
        case DataViolation::BareCr:
            return "bare CR";
        case DataViolation::BareLf:
            return "bare LF";
        case DataViolation::Nul:
            return "NUL";
        case DataViolation::LineTooLong:
            return "line too long";
        case DataViolation::TooBig:
            return "too big";
        case DataViolation::TooManyChunks:
            return "too many chunks";
    }
    return "?";
}

struct Decoded {
    bool ended = false;
    std::string message, rest;
    std::string violation;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

// Feeds `wire` in pieces of `piece` octets.
Decoded decode_in_pieces(std::string_view wire, std::size_t piece, std::uint64_t octets_max) {
    DotDecoder decoder(octets_max);
    Decoded result;
    while (!wire.empty() && !result.ended) {
        auto input = wire.substr(0, piece);
        const auto length = input.size();
        result.ended = decoder.feed(input, result.message);
        wire.remove_prefix(length - input.size());
    }
    result.rest = wire;
    result.violation = name(decoder.violation());
    if (decoder.violation()) result.message.clear();
    return result;
}

// The same whatever the pieces.
Decoded decode(std::string_view wire, std::uint64_t octets_max = 1'000'000) {
    const auto whole = decode_in_pieces(wire, wire.size() + 1, octets_max);
    for (const std::size_t piece : {1, 2, 3, 5, 64, 65, 127, 200})
        EXPECT_EQ(decode_in_pieces(wire, piece, octets_max), whole) << piece;
    return whole;
}

// A text long enough for whole blocks around whatever is in its middle.
std::string amid_text(std::string_view middle) {
    std::string text;
    for (int i = 0; i < 7; ++i)
        text += "The quick brown fox jumps over the lazy dog, line after line of it.\r\n";
    const auto half = text.size() / 2;
    return text.substr(0, half) + std::string(middle) + text.substr(half);
}

TEST(DotDecoder, ends_at_a_lone_dot_and_leaves_the_next_command) {
    const auto result = decode("a\r\nb\r\n.\r\nQUIT\r\n");
    EXPECT_TRUE(result.ended);
    EXPECT_EQ(result.message, "a\r\nb\r\n");
    EXPECT_EQ(result.rest, "QUIT\r\n");
    EXPECT_EQ(decode(".\r\n").message, "");
    EXPECT_TRUE(decode(".\r\n").ended);
    EXPECT_TRUE(decode("\r\n.\r\n").ended);
    EXPECT_EQ(decode("\r\n.\r\n").message, "\r\n");
}

TEST(DotDecoder, takes_the_first_dot_off_a_line) {
    EXPECT_EQ(decode("..\r\n.a\r\n...\r\n.\r\n").message, ".\r\na\r\n..\r\n");
    EXPECT_EQ(decode("a.\r\nb.c\r\n .\r\n.\r\n").message, "a.\r\nb.c\r\n .\r\n");
}

TEST(DotDecoder, ends_at_nothing_else) {
    for (const std::string& end :
         {"\n.\n"s, "\n.\r\n"s, "\r\n.\n"s, "\r.\r"s, "\r.\r\n"s, "\r\n.\r"s, "\n.\r"s, "\r\n\0.\r\n"s,
          "\r\n.\0\r\n"s, "\r\n. \r\n"s, "\r\r\n\n.\r\n"s, "\r\n.\r\r\n"s, "\n\r.\r\n"s}) {
        const auto result = decode("a" + end + "MAIL FROM:<x@y.example>\r\n.\r\nQUIT\r\n");
        EXPECT_EQ(result.rest, "QUIT\r\n");
        EXPECT_TRUE(result.ended);
        if (end != "\r\n. \r\n") EXPECT_NE(result.violation, "none");
        const auto amid = decode(amid_text(end) + ".\r\nQUIT\r\n");
        EXPECT_EQ(amid.rest, "QUIT\r\n");
        if (end != "\r\n. \r\n") EXPECT_NE(amid.violation, "none");
    }
}

TEST(DotDecoder, finds_one_bad_octet_wherever_it_stands) {
    const auto text = amid_text("");
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const auto with = [&](char c) { return text.substr(0, at) + c + text.substr(at) + ".\r\n"; };
        EXPECT_EQ(decode(with('\0'), 1 << 20).violation,
                  at < text.size() && at && text[at - 1] == '\r' ? "bare CR" : "NUL")
            << at;
        // An LF before the pair's LF makes a line end and a bare LF; a CR before the pair's CR a bare CR.
        // Both are found.
        EXPECT_EQ(decode(with('\n'), 1 << 20).violation, "bare LF") << at;
        EXPECT_EQ(decode(with('\r'), 1 << 20).violation, "bare CR") << at;
    }
    EXPECT_EQ(decode(text + ".\r\n").violation, "none");
    EXPECT_EQ(decode(text + ".\r\n").message, text);
}

TEST(DotDecoder, bounds_the_message_and_reads_on) {
    const auto text = amid_text("");
    const auto fits = decode(text + ".\r\nQUIT\r\n", text.size());
    EXPECT_EQ(fits.violation, "none");
    const auto big = decode(text + ".\r\nQUIT\r\n", text.size() - 1);
    EXPECT_EQ(big.violation, "too big");
    EXPECT_EQ(big.rest, "QUIT\r\n");
    EXPECT_EQ(decode("aaaa\nbbbbbb\r\n.\r\n", 5).violation, "bare LF");
    EXPECT_EQ(decode("aaaaa\nbbbbb\r\n.\r\n", 5).violation, "too big");
}

TEST(DotDecoder, bounds_a_line) {
    constexpr std::uint64_t most = 1 << 22;
    const auto longest = std::string(text_line_octets_max - 2, 'x');
    for (const std::size_t piece : {std::size_t{1} << 22, std::size_t{1000}, std::size_t{64}}) {
        EXPECT_EQ(decode_in_pieces(longest + "\r\n" + longest + "\r\n.\r\n", piece, most).violation, "none");
        EXPECT_EQ(decode_in_pieces("a\r\n" + longest + "x\r\n.\r\n", piece, most).violation, "line too long");
        EXPECT_EQ(decode_in_pieces("a\r\n" + longest + "xxx\nb\r\n.\r\n", piece, most).violation,
                  "line too long");
        EXPECT_EQ(decode_in_pieces("a\r\n" + longest + "x\n\r\n.\r\n", piece, most).violation, "bare LF");
    }
}

TEST(DotDecoder, counts_what_came_and_what_it_meant) {
    DotDecoder decoder(100);
    std::string out;
    std::string_view input = "..a\r\n.\r\nQUIT";
    EXPECT_TRUE(decoder.feed(input, out));
    EXPECT_EQ(decoder.octets(), 4U);
    EXPECT_EQ(decoder.raw_octets(), 8U);
}

std::string encode(std::string_view text, std::size_t piece) {
    DotEncoder encoder;
    std::string wire;
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        EXPECT_FALSE(encoder.encode(text.substr(0, piece), pieces));
        text.remove_prefix(std::min(piece, text.size()));
    }
    EXPECT_FALSE(encoder.finish(pieces));
    for (const auto part : pieces) wire += part;
    return wire;
}

TEST(DotEncoder, stuffs_dots_and_ends_the_message) {
    for (const std::size_t piece : {1, 2, 3, 100}) {
        EXPECT_EQ(encode("", piece), ".\r\n");
        EXPECT_EQ(encode("a", piece), "a\r\n.\r\n");
        EXPECT_EQ(encode("a\r\n", piece), "a\r\n.\r\n");
        EXPECT_EQ(encode(".", piece), "..\r\n.\r\n");
        EXPECT_EQ(encode("a\r\n.\r\n..b\r\nc.\r\n", piece), "a\r\n..\r\n...b\r\nc.\r\n.\r\n");
        EXPECT_EQ(encode(".\r\n.\r\n", piece), "..\r\n..\r\n.\r\n");
    }
}

TEST(DotEncoder, is_undone_by_the_decoder) {
    const auto text = amid_text("\r\n.\r\n..\r\n...x\r\n");
    for (const std::size_t piece : {1, 7, 64, 1000}) EXPECT_EQ(decode(encode(text, piece)).message, text);
}

TEST(DotEncoder, refuses_to_send_a_bare_cr_lf_or_nul) {
    for (const std::string& text : {"a\rb\r\n"s, "a\nb\r\n"s, "a\0b\r\n"s, "a\r"s}) {
        DotEncoder encoder;
        std::vector<std::string_view> pieces;
        const auto first = encoder.encode(text, pieces);
        EXPECT_TRUE(first || encoder.finish(pieces)) << text;
    }
}

TEST(BdatFraming, reads_chunks_to_the_octet) {
    BdatFraming framing(100, Body::EightBitMime);
    std::string out;
    std::string_view input = "ab\rBDAT";
    framing.begin(3, false);
    EXPECT_TRUE(framing.feed(input, out));
    EXPECT_EQ(input, "BDAT");
    EXPECT_FALSE(framing.is_complete());
    input = "\n.";
    framing.begin(4, true);
    EXPECT_FALSE(framing.feed(input, out));
    EXPECT_EQ(framing.left(), 2U);
    input = "\r\nQUIT\r\n";
    EXPECT_TRUE(framing.feed(input, out));
    EXPECT_TRUE(framing.is_complete());
    EXPECT_EQ(input, "QUIT\r\n");
    EXPECT_EQ(out, "ab\r\n.\r\n");
    EXPECT_FALSE(framing.violation());
}

std::string bdat_violation(std::string_view text, Body body, std::uint64_t octets_max = 100) {
    BdatFraming framing(octets_max, body);
    std::string out;
    framing.begin(text.size(), true);
    EXPECT_TRUE(framing.feed(text, out));
    return name(framing.violation());
}

TEST(BdatFraming, refuses_bare_line_ends_unless_the_body_is_binary) {
    EXPECT_EQ(bdat_violation("a\nb", Body::SevenBit), "bare LF");
    EXPECT_EQ(bdat_violation("a\rb", Body::EightBitMime), "bare CR");
    EXPECT_EQ(bdat_violation("a\r", Body::EightBitMime), "bare CR");
    EXPECT_EQ(bdat_violation("a\0b"s, Body::EightBitMime), "NUL");
    EXPECT_EQ(bdat_violation("a\nb\rc\0\r"s, Body::BinaryMime), "none");
}

TEST(BdatFraming, refuses_a_chunk_that_is_too_big_when_it_is_announced_and_reads_it_all_the_same) {
    BdatFraming framing(10, Body::BinaryMime);
    std::string out;
    framing.begin(~0ULL, false);
    EXPECT_STREQ(name(framing.violation()), "too big");
    std::string_view input = "MAIL FROM:<a@b.example>\r\n";
    EXPECT_FALSE(framing.feed(input, out));
    EXPECT_TRUE(input.empty());
    EXPECT_TRUE(out.empty());
}

TEST(BdatFraming, ends_with_an_empty_last_chunk_too) {
    BdatFraming framing(10, Body::SevenBit);
    std::string out;
    std::string_view input = "a\r";
    framing.begin(2, false);
    EXPECT_TRUE(framing.feed(input, out));
    framing.begin(0, true);
    EXPECT_TRUE(framing.is_complete());
    EXPECT_STREQ(name(framing.violation()), "bare CR");
}

TEST(BdatFraming, bounds_the_number_of_chunks) {
    BdatFraming framing(10, Body::SevenBit);
    for (std::uint32_t i = 0; i < bdat_chunks_max; ++i) framing.begin(0, false);
    EXPECT_FALSE(framing.violation());
    framing.begin(0, false);
    EXPECT_STREQ(name(framing.violation()), "too many chunks");
}

// What a reader makes of `wire` in pieces: lines in brackets, violations by name.
std::string read_lines(std::string_view wire, std::size_t piece, std::size_t octets_max) {
    LineReader reader(octets_max);
    std::string result;
    while (!wire.empty()) {
        auto input = wire.substr(0, piece);
        wire.remove_prefix(input.size());
        while (const auto line = reader.next(input)) {
            if (*line)
                result += '[' + std::string(**line) + ']';
            else if (line->error() == LineViolation::BareCr)
                result += " CR ";
            else if (line->error() == LineViolation::BareLf)
                result += " LF ";
            else if (line->error() == LineViolation::Nul)
                result += " NUL ";
            else
                result += " LONG ";
        }
        EXPECT_LE(reader.held_octets(), octets_max);
    }
    return result;
}

std::string read_lines(std::string_view wire, std::size_t octets_max = 20) {
    const auto whole = read_lines(wire, wire.size() + 1, octets_max);
    for (const std::size_t piece : {1, 2, 3, 7})
        EXPECT_EQ(read_lines(wire, piece, octets_max), whole) << piece;
    return whole;
}

TEST(LineReader, ends_lines_at_crlf_only) {
    EXPECT_EQ(read_lines("EHLO a\r\nQUIT\r\n"), "[EHLO a][QUIT]");
    EXPECT_EQ(read_lines("\r\n\r\nx"), "[][]");
    EXPECT_EQ(read_lines("a\nQUIT\r\nb\r\n"), " LF [b]");
    EXPECT_EQ(read_lines("a\rQUIT\r\nb\r\n"), " CR [b]");
    EXPECT_EQ(read_lines("a\0QUIT\r\nb\r\n"s), " NUL [b]");
    EXPECT_EQ(read_lines("a\r\r\nb\r\n"), " CR [b]");
    EXPECT_EQ(read_lines("\n\r\nb\r\n"), " LF [b]");
    EXPECT_EQ(read_lines("a\nb\nc\rd\0e\n\r\nf\r\n"s), " LF [f]");
}

TEST(LineReader, refuses_a_long_line_once_and_keeps_none_of_it) {
    EXPECT_EQ(read_lines("123456789012345678\r\nb\r\n"), "[123456789012345678][b]");
    EXPECT_EQ(read_lines("1234567890123456789\r\nb\r\n"), " LONG [b]");
    EXPECT_EQ(read_lines(std::string(1000, 'x') + "\ny\rz\r\nb\r\n"), " LONG [b]");
    EXPECT_EQ(read_lines("123456789012345678\nx\r\nb\r\n"), " LF [b]");
    EXPECT_EQ(read_lines("123456789012345678\rx\r\nb\r\n"), " CR [b]");
}

TEST(LineReader, tells_of_a_bad_line_before_it_ends) {
    LineReader reader;
    std::string_view input = "EHLO a\n";
    const auto line = reader.next(input);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->error(), LineViolation::BareLf);
    EXPECT_FALSE(reader.next(input));
}

TEST(LineReader, gives_its_memory_back_between_lines) {
    LineReader reader;
    std::string_view input = "half a";
    EXPECT_FALSE(reader.next(input));
    EXPECT_FALSE(reader.is_between_lines());
    reader.release_memory();
    input = " line\r\n";
    EXPECT_EQ(**reader.next(input), "half a line");
    EXPECT_TRUE(reader.is_between_lines());
}

}  // namespace
}  // namespace cursus
