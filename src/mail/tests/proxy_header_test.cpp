#include "mail/proxy_header.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::string_literals;

struct Outcome {
    Result<ProxyHeader, std::string> header;
    std::string rest;  // what the reader left alone
};

// As a session reads: so much as is wanted, in pieces of at most `piece` octets.
Outcome read(std::string octets, std::size_t piece = 1000) {
    ProxyHeaderReader reader;
    while (reader.wanted() > 0) {
        const auto part = octets.substr(0, std::min(reader.wanted(), piece));
        if (part.empty()) return {failure("it ended early"s), {}};
        octets.erase(0, part.size());
        if (auto added = reader.add(part); !added) return {failure(added.error()), octets};
    }
    return {reader.header(), octets};
}

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string binary(unsigned command, unsigned family, const std::string& payload) {
    return signature + static_cast<char>(command) + static_cast<char>(family) +
           static_cast<char>(payload.size() >> 8U) + static_cast<char>(payload.size()) + payload;
}

const std::string v4 =
    "\xc0\x00\x02\x07\xcb\x00\x71\x19\xdc\x04\x00\x19"s;  // 192.0.2.7:56324, 203.0.113.25:25
const std::string v6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"s +
                       "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x19"s + "\xdc\x04\x00\x19"s;

TEST(ProxyHeader, of_version_1_names_client_and_server) {
    for (const std::size_t piece : {1U, 2U, 5U, 1000U}) {
        const auto [header, rest] = read("PROXY TCP4 192.0.2.7 203.0.113.25 56324 25\r\nEHLO x\r\n", piece);
        ASSERT_TRUE(header) << header.error();
        ASSERT_TRUE(*header);
        EXPECT_EQ((*header)->client.text(), "192.0.2.7:56324");
        EXPECT_EQ((*header)->server.text(), "203.0.113.25:25");
        EXPECT_EQ(rest, "EHLO x\r\n");
    }
    const auto six = read("PROXY TCP6 2001:db8::7 2001:db8::19 1 65535\r\n\x16\x03");
    ASSERT_TRUE(six.header && *six.header);
    EXPECT_EQ((*six.header)->client.text(), "[2001:db8::7]:1");
    EXPECT_EQ(six.rest, "\x16\x03");
}

TEST(ProxyHeader, of_version_2_names_client_and_server) {
    for (const std::size_t piece : {1U, 13U, 1000U}) {
        const auto [header, rest] = read(binary(0x21, 0x11, v4) + "\x16\x03", piece);
        ASSERT_TRUE(header) << header.error();
        ASSERT_TRUE(*header);
        EXPECT_EQ((*header)->client.text(), "192.0.2.7:56324");
        EXPECT_EQ((*header)->server.text(), "203.0.113.25:25");
        EXPECT_EQ(rest, "\x16\x03");
    }
    const auto six = read(binary(0x21, 0x21, v6));
    ASSERT_TRUE(six.header && *six.header);
    EXPECT_EQ((*six.header)->client.text(), "[2001:db8::7]:56324");
    EXPECT_EQ((*six.header)->server.text(), "[2001:db8::19]:25");
}

TEST(ProxyHeader, may_bring_further_facts_that_are_passed_over) {
    const auto [header, rest] = read(binary(0x21, 0x11, v4 + std::string(1000, 'x')) + "EHLO");
    ASSERT_TRUE(header && *header);
    EXPECT_EQ((*header)->client.text(), "192.0.2.7:56324");
    EXPECT_EQ(rest, "EHLO");
}

TEST(ProxyHeader, says_when_the_connection_is_the_balancers_own) {
    for (const auto& octets :
         {"PROXY UNKNOWN\r\n"s, "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"s, binary(0x20, 0x00, ""),
          binary(0x20, 0x11, v4), binary(0x21, 0x00, "whatever")}) {
        const auto [header, rest] = read(octets + "next");
        ASSERT_TRUE(header) << header.error();
        EXPECT_FALSE(*header);
        EXPECT_EQ(rest, "next");
    }
}

TEST(ProxyHeader, that_is_malformed_is_none) {
    for (const auto& octets : {"EHLO client.example\r\n"s,
                               "proxy TCP4 192.0.2.7 203.0.113.25 1 25\r\n"s,
                               "PROXY\tTCP4 1.2.3.4\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 1\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 1 25 x\r\n"s,
                               "PROXY TCP4 192.0.2.7  203.0.113.25 1 25\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 1 25 \r\n"s,
                               "PROXY TCP4 2001:db8::7 2001:db8::19 1 25\r\n"s,
                               "PROXY TCP6 192.0.2.7 203.0.113.25 1 25\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 65536 25\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 01 25\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 -1 25\r\n"s,
                               "PROXY TCP4 192.0.2.777 203.0.113.25 1 25\r\n"s,
                               "PROXY UDP4 192.0.2.7 203.0.113.25 1 25\r\n"s,
                               "PROXY TCP4 192.0.2.7 203.0.113.25 1 25\n\r\n"s,
                               "PROXY UNKNOWN"s + std::string(200, ' ') + "\r\n",
                               signature.substr(0, 11) + "x more than that"s,
                               binary(0x11, 0x11, v4),
                               binary(0x22, 0x11, v4),
                               binary(0x21, 0x12, v4),
                               binary(0x21, 0x31, std::string(216, 'u')),
                               binary(0x21, 0x11, v4.substr(1)),
                               binary(0x21, 0x21, v4),
                               binary(0x21, 0x11, v4 + std::string(3000, 'x'))}) {
        EXPECT_FALSE(read(octets).header) << octets;
        EXPECT_FALSE(read(octets, 1).header) << octets;
    }
}

TEST(ProxyHeader, is_bounded) {
    const std::string longest =
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 "
        "65535\r\n";
    ASSERT_EQ(longest.size(), ProxyHeaderReader::line_octets_max);
    EXPECT_TRUE(read(longest).header);
    const auto longer = read("PROXY UNKNOWN " + std::string(1000, 'x'));
    EXPECT_FALSE(longer.header);
    EXPECT_GE(longer.rest.size(), 1000U - ProxyHeaderReader::line_octets_max);
}

}  // namespace
}  // namespace cursus
