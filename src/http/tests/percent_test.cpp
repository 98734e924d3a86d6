#include "http/percent.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(Percent, keeps_what_is_unreserved_and_encodes_the_rest) {
    EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encoded("a b&c=d+e%\xc3\xa9\r\n"), "a%20b%26c%3Dd%2Be%25%C3%A9%0D%0A");
}

TEST(Percent, comes_back) {
    std::string octets;
    for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
    EXPECT_EQ(percent_decoded(percent_encoded(octets)), octets);
    EXPECT_EQ(percent_decoded("a+b"), "a b");
    for (const char* text : {"%", "%1", "%g1", "%1g", "a%"}) EXPECT_FALSE(percent_decoded(text)) << text;
}

}  // namespace
}  // namespace cursus
