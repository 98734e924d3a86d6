#include "config/host_spec.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::string read(std::string_view text) {
    const auto host = parse_host(text);
    if (!host) return "wrong";
    const auto* named = std::get_if<NamedHost>(&*host);
    return named == nullptr ? host_name(*host) : named->name + " " + std::to_string(named->port);
}

TEST(HostSpec, is_a_name_an_address_or_a_socket) {
    EXPECT_EQ(read("MX.Example"), "mx.example 0");
    EXPECT_EQ(read("mx.example:26"), "mx.example 26");
    EXPECT_EQ(read("10.1.1.4"), "10.1.1.4 0");
    EXPECT_EQ(read("10.1.1.4:26"), "10.1.1.4 26");
    EXPECT_EQ(read("2001:db8::1"), "2001:db8::1 0");
    EXPECT_EQ(read("[2001:db8::1]"), "2001:db8::1 0");
    EXPECT_EQ(read("[2001:db8::1]:24"), "2001:db8::1 24");
    EXPECT_EQ(read("unix:/run/dovecot/lmtp"), "unix:/run/dovecot/lmtp");
}

TEST(HostSpec, says_no_to_the_rest) {
    for (const std::string_view text : {"", ":25", "a.example:", "a.example:0", "a.example:65536", "a b",
                                        "unix:", "unix:run/lmtp", "[2001:db8::1", "a.example:25x"})
        EXPECT_EQ(read(text), "wrong") << text;
    EXPECT_EQ(read("unix:/" + std::string(local_socket_path_max, 'a')), "wrong");
    EXPECT_EQ(read(std::string_view("unix:/a\0b", 9)), "wrong");
}

TEST(HostSpec, of_a_row_has_preferences_and_equals) {
    const auto hosts = parse_hosts("mx1.example:26  10.1.1.4 , unix:/run/lmtp");
    ASSERT_TRUE(hosts);
    ASSERT_EQ(hosts->size(), 2U);
    EXPECT_EQ((*hosts)[0].size(), 2U);
    EXPECT_EQ(host_name((*hosts)[1][0]), "unix:/run/lmtp");
}

TEST(HostSpec, of_a_row_is_bounded_and_names_a_host) {
    for (const char* text : {"", ",", " , ,", "a.example, b_!"}) EXPECT_FALSE(parse_hosts(text)) << text;
    std::string many;
    for (std::size_t i = 0; i < route_hosts_max; ++i) many += "a.example ";
    EXPECT_TRUE(parse_hosts(many));
    EXPECT_FALSE(parse_hosts(many + "a.example"));
}

}  // namespace
}  // namespace cursus
