#include "policy/list_codes.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::string_literals;

ListCodes codes(const std::vector<std::string>& records) {
    return read_list_codes(records).value();
}

TEST(ListCodes, are_sorted_and_each_once) {
    EXPECT_EQ(text(codes({"\x7f\0\0\x0a"s, "\x7f\0\0\2"s, "\x7f\0\0\x0a"s})), "127.0.0.2, 127.0.0.10");
}

TEST(ListCodes, are_none_in_what_is_no_address_of_127) {
    for (const auto& record : {""s, "\x7f"s, "\x7f\0\0"s, "\x7f\0\0\2\0"s, std::string(16, '\x7f'),
                               std::string(300, '\x7f'), "\xcb\0\x71\x09"s}) {
        const auto read = read_list_codes({"\x7f\0\0\2"s, record});
        ASSERT_FALSE(read) << testing::PrintToString(record);
        EXPECT_EQ(read.error().kind, NoCodes::NotOfAList);
    }
}

TEST(ListCodes, of_errors_count_for_the_whole_answer) {
    for (const auto& record :
         {"\x7f\xff\xff\0"s, "\x7f\xff\xff\xfc"s, "\x7f\xff\xff\xfe"s, "\x7f\xff\xff\xff"s}) {
        const auto read = read_list_codes({"\x7f\0\0\2"s, record});
        ASSERT_FALSE(read) << testing::PrintToString(record);
        EXPECT_EQ(read.error().kind, NoCodes::Refused);
    }
    EXPECT_TRUE(read_list_codes({"\x7f\xff\xfe\xff"s}));
}

TEST(ListCodes, count_by_default_but_for_the_loopback_address) {
    EXPECT_TRUE(counts(codes({"\x7f\0\0\2"s}), {}));
    EXPECT_TRUE(counts(codes({"\x7f\1\2\3"s}), {}));
    EXPECT_FALSE(counts(codes({"\x7f\0\0\1"s}), {}));
    EXPECT_FALSE(counts({}, {}));
    EXPECT_TRUE(is_loopback_alone(codes({"\x7f\0\0\1"s})));
    EXPECT_FALSE(is_loopback_alone(codes({"\x7f\0\0\1"s, "\x7f\0\0\2"s})));
}

TEST(ListCodes, count_when_a_pattern_has_them) {
    const auto one = codes({"\x7f\0\0\4"s});
    const ListAnswerPattern exact{0x7f000004, 0x7f000004}, range{0x7f000002, 0x7f000005},
        other{0x7f000005, 0x7f000009}, bit{0, 0, 4}, other_bit{0, 0, 2};
    EXPECT_TRUE(counts(one, {exact}));
    EXPECT_TRUE(counts(one, {range}));
    EXPECT_FALSE(counts(one, {other}));
    EXPECT_TRUE(counts(one, {other, exact}));
    EXPECT_TRUE(counts(one, {bit}));
    EXPECT_FALSE(counts(one, {other_bit}));
    EXPECT_TRUE(counts(codes({"\x7f\0\0\6"s}), {other_bit}));
    EXPECT_TRUE(counts(codes({"\x7f\0\0\1"s}), {{0, 0, 1}}));
}

}  // namespace
}  // namespace cursus
