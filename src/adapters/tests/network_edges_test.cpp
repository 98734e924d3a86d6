#include "adapters/network_edges.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

// As a machine wrote them.
TEST(NetworkEdges, are_the_gateways_of_the_kernels_tables) {
    const auto v4 = gateways_v4(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0107A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "eth0\t0007A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
    ASSERT_EQ(v4.size(), 1U);
    EXPECT_EQ(v4[0].address.text(), "192.168.7.1");
    EXPECT_EQ(v4[0].what, "the gateway by eth0");
    const auto v6 = gateways_v6(
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
        "fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n"
        "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
        "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n");
    ASSERT_EQ(v6.size(), 1U);
    EXPECT_EQ(v6[0].address.text(), "fe80::1");
}

TEST(NetworkEdges, are_none_in_what_is_no_table) {
    for (const char* text :
         {"", "\n\n", "x", "eth0 1 zz\n", "eth0\t0\t100000000\n", "a b x d e f g h i j\n"}) {
        EXPECT_TRUE(gateways_v4(text).empty()) << text;
        EXPECT_TRUE(gateways_v6(text).empty()) << text;
    }
    network_edges();  // whatever this machine has
}

}  // namespace
}  // namespace cursus
