// Record data in wire form, as a resolver hands it over.
#include "runtime/resolver.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::string_literals;

TEST(Rdata, names_are_read_in_lower_case_without_the_final_dot) {
    EXPECT_EQ(parse_name("\2MX\7Example\3org\0"s), "mx.example.org");
    EXPECT_EQ(parse_name("\0"s), "");
    EXPECT_EQ(name_rdata("mx.example.org"), "\2mx\7example\3org\0"s);
    EXPECT_EQ(name_rdata(""), "\0"s);
}

TEST(Rdata, broken_names_are_none) {
    for (const auto& rdata :
         {""s, "\3or"s, "\3org"s, "\3org\0x"s, "\xc0\x0c"s, "\x40"s + std::string(64, 'a') + "\0"s}) {
        EXPECT_EQ(parse_name(rdata), std::nullopt) << testing::PrintToString(rdata);
    }
    std::string long_name;
    for (int i = 0; i < 64; ++i) long_name += "\3abc";
    EXPECT_EQ(parse_name(long_name + '\0'), std::nullopt);
}

TEST(Rdata, texts_are_their_strings_one_behind_the_other) {
    EXPECT_EQ(parse_text("\5Spam \4seen"s), "Spam seen");
    EXPECT_EQ(parse_text("\0"s), "");
    EXPECT_EQ(parse_text("\2a\0"s), "a\0"s);
    const std::string long_text(600, 'x');
    EXPECT_EQ(parse_text(text_rdata(long_text)), long_text);
    EXPECT_EQ(text_rdata(""), "\0"s);
}

TEST(Rdata, broken_texts_are_none) {
    for (const auto& rdata : {""s, "\5Spam"s, "\1"s, "\4Spam\xff"s})
        EXPECT_EQ(parse_text(rdata), std::nullopt) << testing::PrintToString(rdata);
}

TEST(Rdata, octets_that_would_read_as_another_name_are_refused) {
    EXPECT_EQ(parse_name("\3a.b\3org\0"s), std::nullopt);
    EXPECT_EQ(parse_name("\3a\nb\3org\0"s), std::nullopt);
    EXPECT_EQ(parse_name("\3a\0b\3org\0"s), std::nullopt);
    EXPECT_EQ(parse_name("\3a b\3org\0"s), std::nullopt);
}

TEST(Rdata, mail_exchangers) {
    const auto mx = parse_mx("\1\2\2mx\7example\3org\0"s);
    ASSERT_TRUE(mx);
    EXPECT_EQ(mx->preference, 258);
    EXPECT_EQ(mx->host, "mx.example.org");
    const auto null_mx = parse_mx("\0\0\0"s);
    ASSERT_TRUE(null_mx);
    EXPECT_EQ(null_mx->host, "");
    EXPECT_FALSE(parse_mx("\0\0"s));
    EXPECT_FALSE(parse_mx(""));
    EXPECT_EQ(mx_rdata({258, "mx.example.org"}), "\1\2\2mx\7example\3org\0"s);
}

TEST(Rdata, addresses_have_exactly_their_size) {
    const auto v4 = parse_address("\xcb\0\x71\5"s);
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->text(), "203.0.113.5");
    const auto v6 = parse_address("\x20\1\x0d\xb8"s + std::string(11, '\0') + "\1");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->text(), "2001:db8::1");
    for (const std::size_t size : {0, 1, 3, 5, 15, 17})
        EXPECT_FALSE(parse_address(std::string(size, 'x'))) << size;
}

}  // namespace
}  // namespace cursus
