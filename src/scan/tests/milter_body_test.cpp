#include "scan/milter_body.h"

#include "scan/tests/milter_fixture.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

std::string text_of(const NewBody& body) {
    std::string text;
    for (const auto& piece : body.pieces) text += *piece;
    EXPECT_EQ(text.size(), body.size);
    return text;
}

NewBody built_of(const std::vector<std::string>& octets, Body kind = Body::SevenBit) {
    NewBodyBuilder builder(kind, 1'000'000);
    for (const auto& part : octets) EXPECT_TRUE(builder.add(part));
    return builder.finish();
}

TEST(NewBody, has_lines_that_end_as_lines_of_mail_do) {
    EXPECT_EQ(text_of(built_of({"a\r\nb\r\n"})), "a\r\nb\r\n");
    EXPECT_EQ(text_of(built_of({"a\nb\n\n"})), "a\r\nb\r\n\r\n");
    EXPECT_EQ(text_of(built_of({"a\rb\r\r\n"})), "a\r\nb\r\n\r\n");
    EXPECT_EQ(text_of(built_of({"a\r", "\nb\r", "c\n", "\n"})), "a\r\nb\r\nc\r\n\r\n");
    EXPECT_EQ(text_of(built_of({"a\r", "", "\nb"})), "a\r\nb");
    EXPECT_EQ(text_of(built_of({})), "");
    EXPECT_EQ(text_of(built_of({""})), "");
}

TEST(NewBody, of_a_binary_message_stays_as_it_comes) {
    EXPECT_EQ(text_of(built_of({"a\nb\r\0"s}, Body::BinaryMime)), "a\nb\r\0"s);
}

TEST(NewBody, says_whether_it_needs_eight_bits) {
    EXPECT_TRUE(built_of({"plain"}).is_ascii);
    EXPECT_FALSE(built_of({"pl\xc3", "\xa4in"}).is_ascii);
}

TEST(NewBody, is_no_larger_than_a_message_may_be) {
    NewBodyBuilder builder(Body::SevenBit, 10);
    EXPECT_TRUE(builder.add("12345\n"));  // seven octets
    EXPECT_TRUE(builder.add("123"));
    EXPECT_THAT(builder.add("4").error(), HasSubstr("larger"));
}

TEST(NewBody, holds_no_nul_and_no_line_that_nobody_takes) {
    NewBodyBuilder builder(Body::SevenBit, 10'000'000);
    EXPECT_THAT(builder.add("a\0b"s).error(), HasSubstr("NUL"));
    NewBodyBuilder other(Body::EightBitMime, 10'000'000);
    EXPECT_THAT(other.add(std::string(text_line_octets_max + 1, 'x')).error(), HasSubstr("too long"));
}

TEST(NewBody, can_be_read_from_anywhere) {
    std::string text;
    for (int i = 0; text.size() < 2 * milter_body_piece_octets; ++i) text += std::to_string(i) + "\r\n";
    NewBodyBuilder builder(Body::SevenBit, 1'000'000);
    for (std::size_t at = 0; at < text.size(); at += 65'000)
        EXPECT_TRUE(builder.add(std::string_view(text).substr(at, 65'000)));
    NewBodySource source(builder.finish());
    ASSERT_EQ(source.size(), text.size());
    SimWorld sim;
    const auto read_from = [&](std::uint64_t offset) { return *sim.run(source.piece(offset)).value(); };
    EXPECT_EQ(read_from(0), text.substr(0, milter_body_piece_octets));
    EXPECT_EQ(read_from(milter_body_piece_octets - 1), text.substr(milter_body_piece_octets - 1, 1));
    EXPECT_EQ(read_from(2 * milter_body_piece_octets), text.substr(2 * milter_body_piece_octets));
    EXPECT_EQ(read_from(text.size()), "");
}

}  // namespace
}  // namespace cursus
