#include "base/base64url.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(Base64Url, is_that_of_rfc_4648_without_padding) {
    EXPECT_EQ(to_base64url(""), "");
    EXPECT_EQ(to_base64url("f"), "Zg");
    EXPECT_EQ(to_base64url("fo"), "Zm8");
    EXPECT_EQ(to_base64url("foobar"), "Zm9vYmFy");
    EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
}

TEST(Base64Url, comes_back) {
    std::string octets;
    for (int i = 0; i < 256; ++i) {
        EXPECT_EQ(from_base64url(to_base64url(octets)), octets);
        octets += static_cast<char>(i * 77);
    }
}

TEST(Base64Url, refuses_everything_else) {
    for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "Zm9vY", "+/8", "Zm 8", "Zm8\n", "Zm8.", "\xc3\xa9"})
        EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace cursus
