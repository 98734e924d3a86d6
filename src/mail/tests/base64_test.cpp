#include "mail/base64.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::string_view_literals;

// RFC 4648 §10.
TEST(Base64, is_that_of_the_test_vectors) {
    for (const auto& [octets, text] : {std::pair{""sv, ""sv},
                                       {"f"sv, "Zg=="sv},
                                       {"fo"sv, "Zm8="sv},
                                       {"foo"sv, "Zm9v"sv},
                                       {"foob"sv, "Zm9vYg=="sv},
                                       {"foobar"sv, "Zm9vYmFy"sv},
                                       {"\0a\0b"sv, "AGEAYg=="sv},
                                       {"\xff\xfe"sv, "//4="sv}}) {
        EXPECT_EQ(to_base64(octets), text);
        EXPECT_EQ(from_base64(text), octets);
    }
}

TEST(Base64, is_nothing_else) {
    for (const auto text : {"Zg"sv, "Zg="sv, "Zg==="sv, "Zg==Zg=="sv, "Z g="sv, " Zg=="sv, "Zg==\r\n"sv,
                            "Zm\n9v"sv, "Zm-v"sv, "Zm_v"sv, "="sv, "===="sv, "Zm9\0"sv})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cursus
