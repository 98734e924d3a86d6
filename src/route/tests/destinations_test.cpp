#include "route/destinations.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

Settings example() {
    Settings settings;
    settings.hostname = *Domain::parse("relay.example");
    settings.domains.local = {*Domain::parse("ancient-rome.example")};
    settings.listeners.push_back(
        {"mx",
         {Endpoint::parse("192.0.2.1:25").value(), Endpoint::parse("[::]:25").value()},
         Service::Mx,
         ListenerTls::None});
    settings.routes.emplace_back().pattern = "special.clients.example";
    settings.routes.emplace_back().pattern = "*.clients.example";
    settings.routes.emplace_back().pattern = "later.clients.example";
    settings.routes.emplace_back().pattern = "ancient-rome.example";
    return settings;
}

std::string of(const Settings& settings, std::string_view address) {
    return make_destination_of(settings)(*Mailbox::parse(address));
}

TEST(Destinations, local_domains_come_before_routes) {
    EXPECT_EQ(of(example(), "julius@ancient-rome.example"), "local");
    EXPECT_EQ(of(example(), "julius@Ancient-Rome.EXAMPLE"), "local");
}

TEST(Destinations, the_first_route_that_matches_takes_it) {
    EXPECT_EQ(of(example(), "a@special.clients.example"), "route:special.clients.example");
    EXPECT_EQ(of(example(), "a@later.clients.example"), "route:*.clients.example");
    EXPECT_EQ(of(example(), "a@deep.down.clients.example"), "route:*.clients.example");
}

TEST(Destinations, a_regular_expression_fits_whole_domains_in_its_place_among_the_routes) {
    Settings settings = example();
    settings.routes.emplace_back().expression = "(mx|mail)[0-9]+\\.test";
    settings.routes.emplace_back().pattern = "mx7.test";
    EXPECT_EQ(of(settings, "a@mx1.test"), "route:/(mx|mail)[0-9]+\\.test/");
    EXPECT_EQ(of(settings, "a@mx7.test"), "route:/(mx|mail)[0-9]+\\.test/");
    EXPECT_EQ(of(settings, "a@x.mx1.test"), "domain:x.mx1.test");
    EXPECT_EQ(of(settings, "a@mx1.test.example"), "domain:mx1.test.example");
    EXPECT_EQ(of(settings, "a@[192.0.2.7]"), "domain:[192.0.2.7]");
}

TEST(Destinations, a_route_with_a_table_leaves_the_answer_to_it) {
    Settings settings = example();
    settings.routes.emplace_back().pattern = "*";
    settings.routes.back().table = "hosts";
    EXPECT_EQ(of(settings, "a@b.test"), "table-route:b.test");
    EXPECT_EQ(of(settings, "a@[192.0.2.7]"), "table-route:[192.0.2.7]");
    EXPECT_EQ(of(settings, "a@special.clients.example"), "route:special.clients.example")
        << "stands before it";
}

TEST(RouteTable, goes_on_behind_a_place) {
    Settings settings;
    for (const char* pattern : {"*.example", "a.example", "*", "a.example"})
        settings.routes.emplace_back().pattern = pattern;
    const RouteTable table(settings.routes);
    const MailHost host = *Domain::parse("a.example");
    EXPECT_EQ(table.find(host), 0U);
    EXPECT_EQ(table.find(host, 1), 1U);
    EXPECT_EQ(table.find(host, 2), 2U);
    EXPECT_EQ(table.find(host, 3), 3U);
    EXPECT_EQ(table.find(host, 4), std::nullopt);
}

TEST(Destinations, a_suffix_does_not_match_itself) {
    EXPECT_EQ(of(example(), "a@clients.example"), "domain:clients.example");
    EXPECT_EQ(of(example(), "a@otherclients.example"), "domain:otherclients.example");
}

TEST(Destinations, a_star_takes_everything_that_is_not_local_literals_too) {
    Settings settings = example();
    settings.routes.emplace_back().pattern = "*";
    EXPECT_EQ(of(settings, "a@far.example"), "route:*");
    EXPECT_EQ(of(settings, "a@[192.0.2.77]"), "route:*");
    EXPECT_EQ(of(settings, "a@special.clients.example"), "route:special.clients.example");
    EXPECT_EQ(of(settings, "a@ancient-rome.example"), "local");
}

TEST(Destinations, a_literal_is_local_only_when_a_listener_has_that_address) {
    EXPECT_EQ(of(example(), "postmaster@[192.0.2.1]"), "local");
    EXPECT_EQ(of(example(), "postmaster@[192.0.2.2]"), "domain:[192.0.2.2]");
    EXPECT_EQ(of(example(), "a@[IPv6:2001:db8::1]"), "domain:[IPv6:2001:db8::1]");
}

// RFC 5321 §4.5.1
TEST(Destinations, the_postmaster_of_this_host_is_local_and_nobody_else_there) {
    EXPECT_EQ(of(example(), "postmaster@relay.example"), "local");
    EXPECT_EQ(of(example(), "PostMaster@Relay.Example"), "local");
    EXPECT_EQ(of(example(), "postmaster@other.example"), "domain:other.example");
    EXPECT_EQ(of(example(), "a@relay.example"), "domain:relay.example");
}

TEST(Destinations, what_was_made_outlives_the_settings) {
    DestinationOf destination_of;
    {
        const Settings settings = example();
        destination_of = make_destination_of(settings);
    }
    EXPECT_EQ(destination_of(*Mailbox::parse("a@x.clients.example")), "route:*.clients.example");
}

}  // namespace
}  // namespace cursus
