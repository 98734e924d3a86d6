#include "mail/xtext.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(Xtext, comes_back_as_it_was) {
    EXPECT_EQ(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
    std::string printable;
    for (char c = 0x20; c < 0x7f; ++c) printable += c;
    EXPECT_EQ(decode_xtext(encode_xtext(printable)), printable);
    EXPECT_EQ(decode_xtext(""), "");
}

TEST(Xtext, refuses_lower_case_digits_and_raw_octets_outside_its_range) {
    for (const char* text : {"+2b", "a b", "a=b", "\xc3\xbc", "+", "+2", "+ 20"})
        EXPECT_FALSE(decode_xtext(text)) << text;
}

TEST(OriginalRecipient, comes_back_as_it_was) {
    EXPECT_EQ(encode_orcpt("rfc822;a b+c@d.example", false), "rfc822;a+20b+2Bc@d.example");
    EXPECT_EQ(encode_orcpt("utf-8;jürgen+x@d.example", false), "utf-8;j\\x{FC}rgen\\x{2B}x@d.example");
    EXPECT_EQ(encode_orcpt("utf-8;jürgen+x@d.example", true), "utf-8;jürgen\\x{2B}x@d.example");
    for (const char* original :
         {"rfc822;a b+c=d\\@e.example", "utf-8;jürgen+x\\=@d.example", "utf-8;\"例 え\"@𝄞.example"}) {
        EXPECT_EQ(decode_orcpt(encode_orcpt(original, false)), original);
        EXPECT_EQ(decode_orcpt(encode_orcpt(original, true)), original);
    }
}

}  // namespace
}  // namespace cursus
