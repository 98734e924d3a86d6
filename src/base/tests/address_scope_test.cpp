#include "base/address_scope.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

AddressScope scope(std::string_view text) {
    return scope_of(IpAddress::parse(text).value());
}

TEST(AddressScope, of_private_networks_ends_where_they_end) {
    for (const char* inside : {"10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.3.4",
                               "100.64.0.1", "192.0.0.8", "198.19.255.1", "64:ff9b:1::a00:5",
                               "100.127.255.255", "169.254.9.9", "fd00::1", "fe80::1"})
        EXPECT_EQ(scope(inside), AddressScope::Private) << inside;
    for (const char* outside : {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.0.1",
                                "100.63.255.255", "100.128.0.0", "2001:db8::1", "198.51.100.1"})
        EXPECT_EQ(scope(outside), AddressScope::Everywhere) << outside;
}

TEST(AddressScope, of_what_no_host_can_have_is_nowhere) {
    for (const char* text :
         {"0.0.0.0", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "ff02::1"})
        EXPECT_EQ(scope(text), AddressScope::Nowhere) << text;
}

TEST(AddressScope, of_a_wrapped_ipv4_address_is_that_address_own) {
    EXPECT_EQ(scope("::ffff:10.0.0.1"), AddressScope::Private);
    EXPECT_EQ(scope("::ffff:127.0.0.1"), AddressScope::Loopback);
    EXPECT_EQ(scope("64:ff9b::7f00:1"), AddressScope::Loopback);
    EXPECT_EQ(scope("64:ff9b::c633:6401"), AddressScope::Everywhere);
    EXPECT_EQ(scope("2002:c0a8:0101::1"), AddressScope::Private);
    EXPECT_EQ(scope("::1"), AddressScope::Loopback);
    EXPECT_EQ(scope("127.9.9.9"), AddressScope::Loopback);
}

}  // namespace
}  // namespace cursus
