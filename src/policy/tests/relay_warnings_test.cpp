#include "policy/relay_warnings.h"

#include <gmock/gmock.h>

namespace cursus {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

IpNetwork network(const char* text) {
    return IpNetwork::parse(text).value();
}

Settings trusting(std::vector<IpNetwork> hosts) {
    Settings settings;
    settings.relay.hosts = std::move(hosts);
    return settings;
}

const NetworkEdges home{{{IpAddress::parse("192.168.7.1").value(), "the gateway by eth0"},
                         {IpAddress::parse("172.17.0.1").value(), "the bridge docker0"}}};

TEST(RelayWarnings, are_none_for_the_defaults_and_for_a_network_of_ones_own) {
    EXPECT_THAT(relay_warnings(Settings{}, home), IsEmpty());
    EXPECT_THAT(
        relay_warnings(trusting({network("10.0.0.0/8"), network("2001:db8:1:2::/64"), network("fd00::/48")}),
                       home),
        IsEmpty());
}

TEST(RelayWarnings, tell_of_a_gateway_and_a_bridge_behind_which_others_may_stand) {
    EXPECT_THAT(relay_warnings(trusting({network("192.168.7.0/24")}), home),
                ElementsAre(AllOf(HasSubstr("192.168.7.0/24 holds 192.168.7.1, the gateway by eth0"),
                                  HasSubstr("NAT"))));
    EXPECT_THAT(relay_warnings(trusting({network("172.16.0.0/12")}), home),
                ElementsAre(HasSubstr("172.17.0.1, the bridge docker0")));
    EXPECT_THAT(relay_warnings(trusting({network("192.168.7.2")}), home), IsEmpty());
}

// Two halves are everyone as well.
TEST(RelayWarnings, tell_of_networks_that_are_much_of_the_internet) {
    EXPECT_THAT(
        relay_warnings(trusting({network("0.0.0.0/1"), network("128.0.0.0/1"), network("2000::/3")}), {}),
        ElementsAre(HasSubstr("0.0.0.0/1 is a good part"), HasSubstr("128.0.0.0/1 is a good part"),
                    HasSubstr("2000::/3 is a good part")));
    Settings settings;
    auto& listener = settings.listeners.emplace_back();
    listener.name = "mx";
    listener.xclient = {network("128.0.0.0/2")};
    listener.proxies = {network("2000::/4")};
    EXPECT_THAT(relay_warnings(settings, {}), ElementsAre(HasSubstr("listener \"mx\" xclient: 128.0.0.0/2"),
                                                          HasSubstr("listener \"mx\" proxies: 2000::/4")));
}

TEST(RelayWarnings, tell_of_ipv6_left_wide_open) {
    EXPECT_THAT(relay_warnings(trusting({network("2001:db8::/48")}), {}),
                ElementsAre(HasSubstr("2001:db8::/48 has every host of 65536 links")));
    EXPECT_THAT(relay_warnings(trusting({network("2001:db8::/32")}), {}),
                ElementsAre(HasSubstr("more than 65536 links")));
}

TEST(RelayWarnings, tell_of_a_balancer_that_may_send_anywhere_itself) {
    Settings settings = trusting({network("10.0.0.5")});
    auto& listener = settings.listeners.emplace_back();
    listener.name = "mx";
    listener.proxies = {network("10.0.0.5")};
    EXPECT_THAT(relay_warnings(settings, {}),
                ElementsAre(HasSubstr("10.0.0.5/32 is in proxies, and [relay] hosts has 10.0.0.5/32")));
    listener.proxies = {network("10.0.0.6")};
    EXPECT_THAT(relay_warnings(settings, {}), IsEmpty());
}

// However the two are written.
TEST(RelayWarnings, tell_of_a_balancer_within_a_network_that_may_send_anywhere) {
    Settings settings = trusting({network("192.0.2.7"), network("10.0.0.0/24")});
    auto& listener = settings.listeners.emplace_back();
    listener.name = "mx";
    listener.proxies = {network("10.0.0.1"), network("10.0.1.1"), network("192.0.2.0/28")};
    EXPECT_THAT(relay_warnings(settings, {}),
                ElementsAre(HasSubstr("10.0.0.1/32 is in proxies, and [relay] hosts has 10.0.0.0/24"),
                            HasSubstr("192.0.2.0/28 is in proxies, and [relay] hosts has 192.0.2.7/32")));
}

// A filter on this host: what it brings without XCLIENT is this host's own mail by default.
TEST(RelayWarnings, tell_of_a_filter_on_this_host_and_what_to_do) {
    Settings settings;
    auto& listener = settings.listeners.emplace_back();
    listener.name = "filtered";
    listener.xclient = {network("127.0.0.1")};
    EXPECT_THAT(relay_warnings(settings, {}),
                ElementsAre(AllOf(
                    HasSubstr("listener \"filtered\": 127.0.0.1/32 is in xclient"),
                    HasSubstr("[relay] hosts has 127.0.0.0/8"),
                    HasSubstr("see that it says XCLIENT for every client, or write [relay] hosts without"))));
    settings.relay.hosts.clear();
    EXPECT_THAT(relay_warnings(settings, {}), IsEmpty());
}

}  // namespace
}  // namespace cursus
