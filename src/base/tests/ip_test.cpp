#include "base/ip.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::string round_trip(std::string_view text) {
    const auto address = IpAddress::parse(text);
    return address ? address->text() : "refused";
}

TEST(IpAddress, reads_and_writes_ipv4) {
    EXPECT_EQ(round_trip("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(round_trip("0.0.0.0"), "0.0.0.0");
    EXPECT_EQ(round_trip("255.255.255.255"), "255.255.255.255");
}

TEST(IpAddress, refuses_what_only_resembles_ipv4) {
    for (const char* text : {"",           ".",          "1",          "1.2.3",     "1.2.3.",   "1.2.3.4.",
                             "1.2.3.4.5",  ".1.2.3",     "1..2.3",     "256.1.1.1", "01.2.3.4", "1.2.3.04",
                             "00.0.0.0",   "1.2.3.4 ",   " 1.2.3.4",   "+1.2.3.4",  "1.2.3.-4", "0x7f.0.0.1",
                             "2130706433", "1.2.3.1000", "1.2.3.4/24", "[1.2.3.4]", "1.2.3.a"}) {
        EXPECT_EQ(round_trip(text), "refused") << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(IpAddress, writes_ipv6_in_the_one_recommended_form) {
    EXPECT_EQ(round_trip("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
    EXPECT_EQ(round_trip("2001:0db8::0001"), "2001:db8::1");
    EXPECT_EQ(round_trip("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");  // one zero group stays
    EXPECT_EQ(round_trip("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");     // the first of equal runs
    EXPECT_EQ(round_trip("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");           // the longest
    EXPECT_EQ(round_trip("::"), "::");
    EXPECT_EQ(round_trip("::1"), "::1");
    EXPECT_EQ(round_trip("1::"), "1::");
    EXPECT_EQ(round_trip("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
    EXPECT_EQ(round_trip("::2:3:4:5:6:7:8"), "0:2:3:4:5:6:7:8");
    EXPECT_EQ(round_trip("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
    EXPECT_EQ(round_trip("1:2:3:4:5:6:1.2.3.4"), "1:2:3:4:5:6:102:304");
}

TEST(IpAddress, refuses_what_only_resembles_ipv6) {
    for (const char* text : {":",
                             ":::",
                             "1:2",
                             "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7:8:9",
                             "1::2::3",
                             "::1::",
                             ":1:2:3:4:5:6:7:8",
                             "1:2:3:4:5:6:7:8:",
                             "1:2:3:4:5:6:7:",
                             "12345::",
                             "::g",
                             "fe80::1%eth0",
                             "[::1]",
                             "::1 ",
                             "1:2:3:4:5:6:7:8::",
                             "::1:2:3:4:5:6:7:8",
                             "1.2.3.4::",
                             "::1.2.3.4:5",
                             "::1.2.3",
                             "1:2:3:4:5:6:7:1.2.3.4",
                             "::01.2.3.4",
                             "::-1",
                             "::+1",
                             "::0x1",
                             "00001::"}) {
        EXPECT_EQ(round_trip(text), "refused") << text;
    }
}

TEST(IpAddress, holds_a_mapped_address_as_the_ipv4_address_it_is) {
    const auto mapped = IpAddress::parse("::ffff:192.0.2.1");
    ASSERT_TRUE(mapped);
    EXPECT_TRUE(mapped->is_v4());
    EXPECT_EQ(*mapped, *IpAddress::parse("192.0.2.1"));
    EXPECT_EQ(std::hash<IpAddress>{}(*mapped), std::hash<IpAddress>{}(*IpAddress::parse("192.0.2.1")));
    EXPECT_NE(*IpAddress::parse("::"), *IpAddress::parse("0.0.0.0"));
}

TEST(IpAddress, knows_loopback_and_unspecified) {
    EXPECT_TRUE(IpAddress::parse("127.9.8.7")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::ffff:127.0.0.1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("128.0.0.1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("1::1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::")->is_unspecified());
    EXPECT_TRUE(IpAddress{}.is_unspecified());
    EXPECT_FALSE(IpAddress::parse("0.0.0.1")->is_unspecified());
}

TEST(IpAddress, writes_address_literals) {
    EXPECT_EQ(IpAddress::parse("192.0.2.1")->literal(), "[192.0.2.1]");
    EXPECT_EQ(IpAddress::parse("2001:db8::1")->literal(), "[IPv6:2001:db8::1]");
}

TEST(IpAddress, first_bits_are_what_a_network_has_in_common) {
    const auto first = [](std::string_view text, unsigned bits) {
        return first_bits(*IpAddress::parse(text), bits).text();
    };
    EXPECT_EQ(first("192.0.2.255", 24), "192.0.2.0");
    EXPECT_EQ(first("192.0.2.255", 27), "192.0.2.224");
    EXPECT_EQ(first("192.0.2.255", 32), "192.0.2.255");
    EXPECT_EQ(first("192.0.2.255", 128), "192.0.2.255");
    EXPECT_EQ(first("192.0.2.255", 0), "0.0.0.0");
    EXPECT_EQ(first("2001:db8:1:2ff:3::4", 64), "2001:db8:1:2ff::");
    EXPECT_EQ(first("2001:db8:1:2ff:3::4", 57), "2001:db8:1:280::");
    EXPECT_EQ(first("2001:db8:1:2ff:3::4", 128), "2001:db8:1:2ff:3::4");
    EXPECT_EQ(first("2001:db8:1:2ff:3::4", 0), "::");
}

TEST(IpNetwork, contains_its_addresses_and_no_others) {
    const auto network = IpNetwork::parse("192.0.2.0/25");
    ASSERT_TRUE(network);
    EXPECT_TRUE(network->contains(*IpAddress::parse("192.0.2.0")));
    EXPECT_TRUE(network->contains(*IpAddress::parse("192.0.2.127")));
    EXPECT_TRUE(network->contains(*IpAddress::parse("::ffff:192.0.2.127")));
    EXPECT_FALSE(network->contains(*IpAddress::parse("192.0.2.128")));
    EXPECT_FALSE(network->contains(*IpAddress::parse("192.0.3.0")));
    EXPECT_FALSE(network->contains(*IpAddress::parse("c000:200::")));  // the same bits in the other family
    const auto everything = IpNetwork::parse("0.0.0.0/0");
    EXPECT_TRUE(everything->contains(*IpAddress::parse("255.1.2.3")));
    EXPECT_FALSE(everything->contains(*IpAddress::parse("::1")));
    EXPECT_TRUE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:7fff::")));
    EXPECT_FALSE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:8000::")));
    EXPECT_TRUE(IpNetwork::parse("::1")->contains(*IpAddress::parse("::1")));
    EXPECT_FALSE(IpNetwork::parse("::1")->contains(*IpAddress::parse("::2")));
}

TEST(IpNetwork, overlaps_those_that_lie_within_it_or_around_it) {
    const auto overlap = [](std::string_view a, std::string_view b) {
        const auto one = IpNetwork::parse(a).value(), other = IpNetwork::parse(b).value();
        EXPECT_EQ(one.overlaps(other), other.overlaps(one)) << a << " and " << b;
        return one.overlaps(other);
    };
    EXPECT_TRUE(overlap("10.0.0.0/24", "10.0.0.1"));
    EXPECT_TRUE(overlap("10.0.0.0/24", "10.0.0.0/24"));
    EXPECT_TRUE(overlap("127.0.0.0/8", "127.0.0.1"));
    EXPECT_TRUE(overlap("0.0.0.0/0", "198.51.100.0/24"));
    EXPECT_TRUE(overlap("2001:db8::/32", "2001:db8:7::/48"));
    EXPECT_FALSE(overlap("10.0.0.0/24", "10.0.1.0/24"));
    EXPECT_FALSE(overlap("10.0.0.0/24", "10.0.1.1"));
    EXPECT_FALSE(overlap("0.0.0.0/0", "::/0"));
}

TEST(IpNetwork, refuses_bits_beyond_the_prefix_and_bad_prefixes) {
    for (const char* text :
         {"192.0.2.1/24", "10.0.0.0/7.", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10/8",
          "2001:db8::1/32", "::/129", "/8", "", "10.0.0.0/8/8", "::ffff:10.0.0.0/104", "10.0.0.0/+8"}) {
        EXPECT_FALSE(IpNetwork::parse(text)) << text;
    }
    EXPECT_EQ(IpNetwork::parse("10.0.0.0/8")->text(), "10.0.0.0/8");
    EXPECT_EQ(IpNetwork::parse("192.0.2.1")->text(), "192.0.2.1/32");
    EXPECT_EQ(IpNetwork::parse("2001:DB8::/32")->text(), "2001:db8::/32");
}

TEST(IpNetwork, is_one_address_and_not_the_whole_internet_when_unset) {
    EXPECT_FALSE(IpNetwork{}.contains(*IpAddress::parse("192.0.2.1")));
}

TEST(Endpoint, reads_and_writes_addresses_with_ports) {
    EXPECT_EQ(Endpoint::parse("192.0.2.1:25")->text(), "192.0.2.1:25");
    EXPECT_EQ(Endpoint::parse("[2001:db8::1]:587")->text(), "[2001:db8::1]:587");
    EXPECT_EQ(Endpoint::parse("[::]:0")->port, 0);
    EXPECT_EQ(Endpoint::parse("0.0.0.0:65535")->port, 65535);
    for (const char* text :
         {"", ":25", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:025", "192.0.2.1:2a", "::1:25",
          "[::1]", "[::1]25", "[192.0.2.1]:25", "[::1:25", "::1]:25", "[]:25", "host:25"}) {
        EXPECT_FALSE(Endpoint::parse(text)) << text;
    }
}

}  // namespace
}  // namespace cursus
