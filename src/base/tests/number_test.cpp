#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace cursus {
namespace {

TEST(ParseNumber, is_all_of_the_text) {
    EXPECT_EQ(parse_number<std::uint32_t>("4294967295"), 4294967295U);
    EXPECT_EQ(parse_number<std::int64_t>("-7"), -7);
    EXPECT_EQ(parse_number<std::uint8_t>("fF", 16), 255);
    EXPECT_EQ(parse_number<double>("-1.5e1"), -15.0);
}

TEST(ParseNumber, refuses_what_is_none) {
    for (const char* text : {"", " 1", "1 ", "+1", "1x", "0x1", "4294967296", "-1", "1.0"})
        EXPECT_FALSE(parse_number<std::uint32_t>(text)) << text;
    for (const char* text : {"", "inf", "nan", "1e999", "1.5 ", "0x1p3"})
        EXPECT_FALSE(parse_number<double>(text)) << text;
}

TEST(ParseNumber, reads_no_further_than_the_view) {
    EXPECT_EQ(parse_number<unsigned>(std::string_view("1234").substr(1, 2)), 23U);
}

}  // namespace
}  // namespace cursus
