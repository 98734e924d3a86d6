#include "mail/xclient.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

template <class Value>
Stated<Value> known(Value value) {
    return std::variant<NotAvailable, Value>(std::move(value));
}

TEST(Xclient, states_what_it_names_and_nothing_else) {
    const auto all = parse_xclient(
        "NAME=client.example ADDR=192.0.2.7 port=56324 PROTO=ESMTP HELO=client.example LOGIN=julius "
        "DESTADDR=203.0.113.25 DESTPORT=25");
    ASSERT_TRUE(all);
    EXPECT_EQ(all->name, known<std::string>("client.example"));
    EXPECT_EQ(all->address, known(IpAddress::v4({192, 0, 2, 7})));
    EXPECT_EQ(all->port, known<std::uint16_t>(56324));
    EXPECT_EQ(all->is_extended, known(true));
    EXPECT_EQ(all->helo, known<std::string>("client.example"));
    EXPECT_EQ(all->login, known<std::string>("julius"));
    EXPECT_EQ(all->server_address, known(IpAddress::v4({203, 0, 113, 25})));
    EXPECT_EQ(all->server_port, known<std::uint16_t>(25));

    const auto one = parse_xclient("PROTO=smtp");
    ASSERT_TRUE(one);
    EXPECT_EQ(one->is_extended, known(false));
    EXPECT_FALSE(one->name || one->address || one->port || one->helo || one->login || one->server_address);
}

TEST(Xclient, knows_addresses_of_version_6_by_their_prefix) {
    EXPECT_EQ(parse_xclient("ADDR=IPV6:2001:db8::7")->address, known(*IpAddress::parse("2001:db8::7")));
    EXPECT_EQ(parse_xclient("ADDR=ipv6:::ffff:192.0.2.7")->address, known(IpAddress::v4({192, 0, 2, 7})));
    EXPECT_FALSE(parse_xclient("ADDR=2001:db8::7"));
    EXPECT_FALSE(parse_xclient("ADDR=IPV6:192.0.2.7"));
}

TEST(Xclient, says_what_is_not_known) {
    const auto statement = parse_xclient("NAME=[UNAVAILABLE] ADDR=[TEMPUNAVAIL] LOGIN=[unavailable]");
    ASSERT_TRUE(statement);
    EXPECT_EQ(statement->name, Stated<std::string>(NotAvailable{}));
    EXPECT_EQ(statement->address, Stated<IpAddress>(NotAvailable{}));
    EXPECT_EQ(statement->login, Stated<std::string>(NotAvailable{}));
}

TEST(Xclient, decodes_its_values) {
    EXPECT_EQ(parse_xclient("LOGIN=a+2Bb+20c")->login, known<std::string>("a+b c"));
    EXPECT_FALSE(parse_xclient("LOGIN=a+0Ab"));
    EXPECT_FALSE(parse_xclient("LOGIN=a+00b"));
    EXPECT_FALSE(parse_xclient("LOGIN=a+b"));
    EXPECT_FALSE(parse_xclient("HELO=two+20words"));
}

TEST(Xclient, that_is_malformed_is_none) {
    for (const std::string argument :
         {"", " ", "ADDR", "ADDR=", "=192.0.2.7", "ADDR=192.0.2.7 ADDR=192.0.2.8", "ADDR=192.0.2.300",
          "PORT=65536", "PORT=-1", "PORT=", "PORT=25x", "PROTO=LMTP", "IDENT=x",
          "NAME=", "LOGIN=", "ADDR=[192.0.2.7]"})
        EXPECT_FALSE(parse_xclient(argument)) << argument;
    EXPECT_FALSE(parse_xclient("NAME=" + std::string(256, 'a')));
    EXPECT_TRUE(parse_xclient("NAME=" + std::string(255, 'a')));
}

}  // namespace
}  // namespace cursus
