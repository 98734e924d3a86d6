#include "mail/reply_parser.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::string_literals;

// All replies in `wire`, one a line, as logs would show them; the first fault ends it.
std::string read_in_pieces(std::string_view wire, std::size_t piece) {
    ReplyParser parser;
    std::string result;
    while (!wire.empty()) {
        auto input = wire.substr(0, piece);
        wire.remove_prefix(input.size());
        while (const auto reply = parser.next(input)) {
            if (!*reply) return result + '(' + std::string(describe(reply->error())) + ')';
            result += (*reply)->one_line() + '\n';
        }
    }
    return result + (parser.is_between_replies() ? "" : "...");
}

std::string replies_in(std::string_view wire) {
    const auto whole = read_in_pieces(wire, wire.size() + 1);
    for (const std::size_t piece : {1, 2, 3, 10}) EXPECT_EQ(read_in_pieces(wire, piece), whole);
    return whole;
}

TEST(ReplyParser, reads_replies_of_one_line_and_of_several) {
    EXPECT_EQ(replies_in("250 ok\r\n"), "250 ok\n");
    EXPECT_EQ(replies_in("250-a\r\n250-b\r\n250 c\r\n354 go\r\n"), "250 a b c\n354 go\n");
    EXPECT_EQ(replies_in("250\r\n250-\r\n250\r\n"), "250\n250  \n");
    EXPECT_EQ(replies_in("250-a\r\n"), "...");
    EXPECT_EQ(replies_in("250 a"), "...");
}

TEST(ReplyParser, takes_the_enhanced_status_off_when_it_agrees) {
    ReplyParser parser;
    std::string_view input =
        "550-5.1.1 no\r\n550-5.1.1\r\n550 really\r\n550 4.1.1 odd\r\n550 5.1 odd\r\n250 2.0.0\r\n";
    const auto first = **parser.next(input);
    EXPECT_EQ(first.status(), (Status{5, 1, 1}));
    EXPECT_EQ(first.lines(), (std::vector<std::string>{"no", "", "really"}));
    const auto second = **parser.next(input);
    EXPECT_FALSE(second.status());
    EXPECT_EQ(second.text(), "4.1.1 odd");
    const auto third = **parser.next(input);
    EXPECT_FALSE(third.status());
    const auto fourth = **parser.next(input);
    EXPECT_EQ(fourth.one_line(), "250 2.0.0");
}

TEST(ReplyParser, refuses_what_is_no_reply) {
    EXPECT_EQ(replies_in("hello\r\n"), "(what came is no reply)");
    EXPECT_EQ(replies_in("\r\n"), "(what came is no reply)");
    EXPECT_EQ(replies_in("25\r\n"), "(what came is no reply)");
    EXPECT_EQ(replies_in("250_ok\r\n"), "(what came is no reply)");
    EXPECT_EQ(replies_in("2500 ok\r\n"), "(what came is no reply)");
    EXPECT_EQ(replies_in(" 250 ok\r\n"), "(what came is no reply)");
    EXPECT_EQ(replies_in("150 wait\r\n"), "(the reply has an impossible code)");
    EXPECT_EQ(replies_in("600 what\r\n"), "(the reply has an impossible code)");
    EXPECT_EQ(replies_in("250-a\r\n550 b\r\n"), "(the code changes within the reply)");
    EXPECT_EQ(replies_in("250 a\r\n250 b\n"), "250 a\n(a line of the reply does not end with CRLF)");
    EXPECT_EQ(replies_in("250 a\rb\r\n"), "(a line of the reply does not end with CRLF)");
    EXPECT_EQ(replies_in("250 a\0b\r\n"s), "(a line of the reply does not end with CRLF)");
}

TEST(ReplyParser, bounds_lines_and_their_number) {
    EXPECT_EQ(replies_in("250 " + std::string(reply_line_octets_max - 6, 'x') + "\r\n").size(),
              reply_line_octets_max - 1);
    EXPECT_EQ(replies_in("250 " + std::string(reply_line_octets_max - 5, 'x') + "\r\n"),
              "(a line of the reply is too long)");
    std::string lines;
    for (std::size_t i = 1; i < reply_lines_max; ++i) lines += "250-x\r\n";
    EXPECT_TRUE(replies_in(lines + "250 x\r\n").ends_with("x\n"));
    EXPECT_EQ(replies_in(lines + "250-x\r\n250 x\r\n"), "(the reply has too many lines)");
}

TEST(ReplyParser, makes_text_readable) {
    EXPECT_EQ(replies_in("250 j\xc3\xbcrgen\x1b[2J\r\n"), "250 j\xc3\xbcrgen?[2J\n");
    EXPECT_EQ(replies_in("250 j\xfcrgen\r\n"), "250 j?rgen\n");
}

TEST(ReplyParser, stays_at_its_fault) {
    ReplyParser parser;
    std::string_view input = "nonsense\r\n250 ok\r\n";
    EXPECT_FALSE(*parser.next(input));
    EXPECT_FALSE(*parser.next(input));
}

}  // namespace
}  // namespace cursus
