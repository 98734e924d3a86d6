#include "base/reversed_address.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(ReversedAddress, octets_of_v4_and_digits_of_v6_stand_from_the_last_to_the_first) {
    EXPECT_EQ(reversed_labels(*IpAddress::parse("192.0.2.130")), "130.2.0.192");
    EXPECT_EQ(reversed_labels(*IpAddress::parse("2001:db8:1:2:3:4:567:89ab")),
              "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2");
}

TEST(ReversedAddress, an_address_has_its_names_below_arpa) {
    EXPECT_EQ(reverse_name(*IpAddress::parse("192.0.2.1")), "1.2.0.192.in-addr.arpa");
    EXPECT_EQ(reverse_name(*IpAddress::parse("::ffff:192.0.2.1")), "1.2.0.192.in-addr.arpa");
    EXPECT_EQ(reverse_name(*IpAddress::parse("::1")),
              "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa");
}

}  // namespace
}  // namespace cursus
