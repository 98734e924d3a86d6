#include "route/router.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "route/tests/table_resolver.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FixedTable : public Table {
public:
    explicit FixedTable(std::map<std::string, std::string> rows) : rows_(std::move(rows)) {}
    Task<TableAnswer> find(std::string key) override {
        if (!trouble.empty()) co_return failure(TableTrouble{trouble});
        const auto found = rows_.find(key);
        if (found == rows_.end()) co_return std::nullopt;
        co_return TableRow{found->second, "the table"};
    }
    const std::string& name() const override { return name_; }

    std::string trouble;

private:
    std::map<std::string, std::string> rows_;
    std::string name_ = "fixed";
};

class RouterTest : public testing::Test {
protected:
    RouterTest() { settings.hostname = *Domain::parse("relay.example"); }

    Route route(const std::string& destination) {
        const Router router(dns, settings, tables);
        return sim.run(router.route(destination));
    }
    RemoteRoute remote(const std::string& destination) {
        Route found = route(destination);
        EXPECT_TRUE(std::holds_alternative<RemoteRoute>(found)) << refusal_text(found);
        return std::get<RemoteRoute>(found);
    }
    std::string refusal(const std::string& destination) { return refusal_text(route(destination)); }
    static std::string refusal_text(const Route& found) {
        const auto* nowhere = std::get_if<Unroutable>(&found);
        if (nowhere == nullptr) return "routed";
        return std::to_string(nowhere->reply.code()) + " " + nowhere->reply.status()->text();
    }
    static std::vector<std::string> names(const RemoteRoute& found) {
        std::vector<std::string> names;
        for (const auto& preference : found.preferences) {
            std::string one;
            for (const RemoteHost& host : preference) one += (one.empty() ? "" : ",") + host.name;
            names.push_back(one);
        }
        return names;
    }
    static std::vector<std::string> places(const RemoteRoute& found) {
        std::vector<std::string> places;
        for (const auto& preference : found.preferences)
            for (const RemoteHost& host : preference)
                for (const ServiceAddress& address : host.addresses) places.push_back(text(address));
        return places;
    }
    void add_route(const std::string& pattern, const std::string& hosts) {
        RouteSettings& added = settings.routes.emplace_back();
        added.pattern = pattern;
        added.hosts = parse_hosts(hosts).value();
    }
    void listen_at(const std::string& endpoint) {
        if (settings.listeners.empty()) settings.listeners.emplace_back();
        settings.listeners.front().addresses.emplace_back(*Endpoint::parse(endpoint));
    }

    void add_table_route(const std::string& name, std::map<std::string, std::string> rows) {
        RouteSettings& added = settings.routes.emplace_back();
        added.pattern = "*";
        added.table = name;
        tables[name] = std::make_shared<FixedTable>(std::move(rows));
    }

    SimWorld sim;
    TableResolver dns;
    Settings settings;
    Tables tables;
};

TEST_F(RouterTest, mx_hosts_are_in_order_of_preference_and_have_all_their_addresses) {
    dns.mx("a.example", {{20, "mx2.a.example"}, {10, "mx1.a.example"}, {20, "mx3.a.example"}});
    dns.address("mx1.a.example", {"192.0.2.1", "2001:db8::1"});
    dns.address("mx2.a.example", {"192.0.2.2"});
    dns.address("mx3.a.example", {"2001:db8::3"});
    const RemoteRoute found = remote("domain:a.example");
    EXPECT_THAT(names(found), ElementsAre("mx1.a.example", "mx2.a.example,mx3.a.example"));
    EXPECT_EQ(found.preferences[0][0].addresses.size(), 2U);
    EXPECT_THAT(places(found), testing::Contains("192.0.2.1:25"));
    EXPECT_EQ(found.site, "mx1.a.example:25 mx2.a.example:25,mx3.a.example:25");
}

TEST_F(RouterTest, equal_mx_lists_are_one_site_whatever_the_order_of_the_records) {
    dns.mx("a.example", {{10, "mx1.x.example"}, {10, "mx2.x.example"}});
    dns.mx("b.example", {{5, "mx2.x.example"}, {5, "mx1.x.example"}});
    dns.mx("c.example", {{5, "mx2.x.example"}, {6, "mx1.x.example"}});
    dns.address("mx1.x.example", {"192.0.2.1"});
    dns.address("mx2.x.example", {"192.0.2.2"});
    EXPECT_EQ(remote("domain:a.example").site, remote("domain:b.example").site);
    EXPECT_NE(remote("domain:a.example").site, remote("domain:c.example").site);
}

TEST_F(RouterTest, without_mx_the_domain_itself_is_the_host) {
    dns.address("a.example", {"192.0.2.1"});
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("a.example"));
}

TEST_F(RouterTest, each_status_of_the_mx_question_means_what_it_says) {
    dns.status("gone.example", RecordType::Mx, DnsStatus::NxDomain);
    dns.status("failed.example", RecordType::Mx, DnsStatus::Failed);
    dns.status("bogus.example", RecordType::Mx, DnsStatus::Bogus);
    dns.status("nodata.example", RecordType::Mx, DnsStatus::NoData);
    EXPECT_EQ(refusal("domain:gone.example"), "550 5.1.2");
    EXPECT_EQ(refusal("domain:failed.example"), "451 4.4.3");
    EXPECT_EQ(refusal("domain:bogus.example"), "451 4.7.5");
    EXPECT_EQ(refusal("domain:nodata.example"), "550 5.1.2");
}

TEST_F(RouterTest, a_failed_address_lookup_hides_no_other_host_and_is_never_permanent) {
    for (const DnsStatus status : {DnsStatus::Failed, DnsStatus::Bogus})
        for (const RecordType type : {RecordType::A, RecordType::Aaaa}) {
            TableResolver fresh;
            dns = fresh;
            dns.mx("a.example", {{10, "mx1.a.example"}, {20, "mx2.a.example"}});
            dns.status("mx1.a.example", type, status);
            dns.address("mx2.a.example", {"192.0.2.2"});
            EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("mx2.a.example"));
            dns.status("mx2.a.example", RecordType::A, DnsStatus::NxDomain);
            EXPECT_EQ(refusal("domain:a.example"), status == DnsStatus::Failed ? "451 4.4.3" : "451 4.7.5");
        }
}

TEST_F(RouterTest, an_address_of_one_family_is_enough_when_the_other_lookup_fails) {
    dns.mx("a.example", {{10, "mx1.a.example"}});
    dns.status("mx1.a.example", RecordType::Aaaa, DnsStatus::Failed);
    dns.address("mx1.a.example", {"192.0.2.1"});
    EXPECT_EQ(remote("domain:a.example").preferences[0][0].addresses.size(), 1U);
}

TEST_F(RouterTest, mx_hosts_that_do_not_exist_are_skipped_and_all_of_them_are_permanent) {
    dns.mx("a.example", {{10, "gone.a.example"}, {20, "mx2.a.example"}});
    dns.address("mx2.a.example", {"192.0.2.2"});
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("mx2.a.example"));
    dns.mx("b.example", {{10, "gone.b.example"}, {20, "gone2.b.example"}});
    EXPECT_EQ(refusal("domain:b.example"), "550 5.1.2");
}

TEST_F(RouterTest, a_server_that_denies_the_name_for_aaaa_is_still_asked_for_a) {
    dns.mx("a.example", {{10, "mx1.a.example"}});
    dns.status("mx1.a.example", RecordType::Aaaa, DnsStatus::NxDomain);
    dns.address("mx1.a.example", {"192.0.2.1"});
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("mx1.a.example"));
}

TEST_F(RouterTest, null_mx_is_permanent_and_loses_against_real_records) {
    dns.mx("never.example", {{0, ""}});
    EXPECT_EQ(refusal("domain:never.example"), "556 5.1.10");
    dns.mx("odd.example", {{0, ""}, {10, "mx1.odd.example"}});
    dns.address("mx1.odd.example", {"192.0.2.1"});
    EXPECT_THAT(names(remote("domain:odd.example")), ElementsAre("mx1.odd.example"));
}

TEST_F(RouterTest, mx_records_that_cannot_be_read_are_temporary_and_hide_no_good_one) {
    dns.records("bad.example", RecordType::Mx, {"", "x", std::string("\0\12", 2), std::string(5000, 'x')});
    EXPECT_EQ(refusal("domain:bad.example"), "451 4.4.3");
    dns.records("mixed.example", RecordType::Mx, {"x", mx_rdata({10, "mx1.mixed.example"})});
    dns.address("mx1.mixed.example", {"192.0.2.1"});
    EXPECT_THAT(names(remote("domain:mixed.example")), ElementsAre("mx1.mixed.example"));
}

TEST_F(RouterTest, short_empty_and_oversized_address_records_are_left_out) {
    dns.mx("a.example", {{10, "mx1.a.example"}});
    dns.records("mx1.a.example", RecordType::A, {"", "abc", "abcde", std::string("\xC0\0\2\1", 4)});
    dns.records("mx1.a.example", RecordType::Aaaa, {std::string(15, 'a'), std::string(17, 'a')});
    const RemoteRoute found = remote("domain:a.example");
    EXPECT_THAT(places(found), ElementsAre("192.0.2.1:25"));
}

TEST_F(RouterTest, records_at_and_beyond_our_own_preference_are_dropped_by_name) {
    dns.mx("a.example",
           {{10, "mx1.a.example"}, {20, "relay.example"}, {20, "mx2.a.example"}, {30, "mx3.a.example"}});
    dns.address("mx1.a.example", {"192.0.2.1"});
    dns.address("mx2.a.example", {"192.0.2.2"});
    dns.address("mx3.a.example", {"192.0.2.3"});
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("mx1.a.example"));
    EXPECT_THAT(dns.asked, testing::Not(testing::Contains("mx3.a.example")));
}

TEST_F(RouterTest, records_at_and_beyond_our_own_preference_are_dropped_by_address) {
    listen_at("192.0.2.99:25");
    dns.mx("a.example", {{10, "mx1.a.example"}, {20, "alias.a.example"}, {30, "mx3.a.example"}});
    dns.address("mx1.a.example", {"192.0.2.1"});
    dns.address("alias.a.example", {"192.0.2.99"});
    dns.address("mx3.a.example", {"192.0.2.3"});
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("mx1.a.example"));
}

TEST_F(RouterTest, our_address_at_another_port_is_another_host) {
    listen_at("192.0.2.99:2525");
    dns.address("a.example", {"192.0.2.99"});
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("a.example"));
}

TEST_F(RouterTest, a_listener_on_all_addresses_knows_its_own_by_the_hosts_name) {
    listen_at("0.0.0.0:25");
    dns.address("relay.example", {"192.0.2.99"});
    dns.mx("a.example", {{10, "alias.a.example"}});
    dns.address("alias.a.example", {"192.0.2.99"});
    EXPECT_EQ(refusal("domain:a.example"), "554 5.4.6");
}

TEST_F(RouterTest, the_best_mx_of_a_domain_that_is_not_local_is_a_loop) {
    dns.mx("a.example", {{10, "relay.example"}, {20, "mx2.a.example"}});
    dns.address("mx2.a.example", {"192.0.2.2"});
    EXPECT_EQ(refusal("domain:a.example"), "554 5.4.6");
    dns.address("relay.example", {"192.0.2.99"});
    EXPECT_EQ(refusal("domain:relay.example"), "554 5.4.6");
}

TEST_F(RouterTest, loopback_and_unspecified_addresses_are_refused_unless_allowed) {
    dns.mx("a.example", {{10, "localhost.a.example"}});
    dns.address("localhost.a.example", {"127.0.0.1", "::1", "0.0.0.0", "::"});
    EXPECT_EQ(refusal("domain:a.example"), "550 5.4.4");
    EXPECT_EQ(refusal("domain:[127.0.0.1]"), "550 5.4.4");
    dns.mx("b.example", {{10, "localhost.a.example"}, {20, "mx2.b.example"}});
    dns.address("mx2.b.example", {"192.0.2.2"});
    EXPECT_THAT(names(remote("domain:b.example")), ElementsAre("mx2.b.example"));
    settings.delivery.loopback = true;
    EXPECT_EQ(remote("domain:a.example").preferences[0][0].addresses.size(), 2U);
    EXPECT_EQ(remote("domain:[127.0.0.1]").preferences[0][0].addresses.size(), 1U);
    EXPECT_EQ(refusal("domain:[0.0.0.0]"), "550 5.4.4");
}

TEST_F(RouterTest, private_addresses_are_refused_unless_allowed_and_only_those) {
    dns.mx("a.example", {{10, "mx1.a.example"}, {20, "mx2.a.example"}});
    dns.address("mx1.a.example", {"10.1.2.3", "fd00::1", "::ffff:192.168.1.1", "169.254.1.1", "100.64.0.9"});
    dns.address("mx2.a.example", {"192.168.1.9"});
    const Route nowhere = route("domain:a.example");
    EXPECT_EQ(refusal_text(nowhere), "550 5.4.4");
    EXPECT_THAT(std::get<Unroutable>(nowhere).reply.text(), HasSubstr("is a private address"));
    EXPECT_THAT(std::get<Unroutable>(nowhere).advice, HasSubstr("[delivery] private = true"));
    EXPECT_EQ(refusal("domain:[10.1.2.3]"), "550 5.4.4");
    dns.address("mx2.a.example", {"192.0.2.2", "192.168.1.9"});
    EXPECT_THAT(places(remote("domain:a.example")), ElementsAre("192.0.2.2:25"));
    settings.delivery.private_addresses = true;
    EXPECT_EQ(names(remote("domain:a.example")).size(), 2U);
    EXPECT_THAT(places(remote("domain:[10.1.2.3]")), ElementsAre("10.1.2.3:25"));
}

TEST_F(RouterTest, a_gateways_inner_host_may_be_private) {
    settings.domains.relay = {*Domain::parse("provinces.example")};
    dns.mx("provinces.example", {{10, "inner.provinces.example"}, {20, "relay.example"}});
    dns.address("inner.provinces.example", {"10.1.2.3"});
    EXPECT_THAT(places(remote("domain:provinces.example")), ElementsAre("10.1.2.3:25"));
    dns.address("inner.provinces.example", {"127.0.0.1"});
    EXPECT_EQ(refusal("domain:provinces.example"), "550 5.4.4");
    add_route("inner.example", "10.9.9.9");
    EXPECT_THAT(places(remote("route:inner.example")), ElementsAre("10.9.9.9:25"));
}

// A connection to a private address would be shared by whoever names the host of a route that may lead there.
TEST_F(RouterTest, what_may_lead_inside_is_another_site_of_the_same_hosts) {
    settings.domains.relay = {*Domain::parse("provinces.example")};
    dns.address("filter.example", {"192.0.2.1", "10.1.2.3", "127.0.0.1"});
    for (const char* name : {"stranger.example", "other.example", "provinces.example"})
        dns.mx(name, {{10, "filter.example"}});
    add_route("a.example", "filter.example:25");
    add_route("b.example", "filter.example");
    const std::string strangers = remote("domain:stranger.example").site;
    EXPECT_EQ(strangers, "filter.example:25");
    EXPECT_EQ(strangers, remote("domain:other.example").site);
    EXPECT_EQ(remote("domain:provinces.example").site, "filter.example:25 reach=private");
    EXPECT_EQ(remote("route:a.example").site, "filter.example:25 reach=inside");
    EXPECT_EQ(remote("route:a.example").site, remote("route:b.example").site);
    settings.delivery.private_addresses = true;
    EXPECT_EQ(remote("domain:provinces.example").site, strangers) << "now it may not do more than they";
}

TEST_F(RouterTest, a_refused_address_beside_a_lookup_that_failed_is_not_the_end) {
    dns.mx("a.example", {{10, "mx1.a.example"}, {20, "mx2.a.example"}});
    dns.address("mx1.a.example", {"10.1.2.3"});
    dns.status("mx2.a.example", RecordType::A, DnsStatus::Failed);
    EXPECT_EQ(refusal("domain:a.example"), "451 4.4.3");
}

TEST_F(RouterTest, addresses_that_no_host_has_are_never_gone_to) {
    settings.delivery.loopback = settings.delivery.private_addresses = true;
    for (const char* address : {"0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "ff02::1"}) {
        dns.address("a.example", {address});
        EXPECT_EQ(refusal("domain:a.example"), "550 5.4.4") << address;
        dns = TableResolver();
        add_route("to.example", address);
        EXPECT_EQ(refusal("route:to.example"), "451 4.3.5") << address;
        settings.routes.clear();
    }
}

TEST_F(RouterTest, an_mx_that_is_an_alias_of_our_name_is_us) {
    dns.mx("a.example", {{10, "mx1.a.example"}, {20, "backup.a.example"}, {30, "mx3.a.example"}});
    for (const char* host : {"mx1.a.example", "backup.a.example", "mx3.a.example"})
        dns.address(host, {"192.0.2.77"});
    dns.alias("backup.a.example", "relay.example");
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("mx1.a.example"));
    dns.alias("mx1.a.example", "relay.example");
    EXPECT_EQ(refusal("domain:a.example"), "554 5.4.6");
    dns.address("b.example", {"192.0.2.77"});
    dns.alias("b.example", "relay.example");
    EXPECT_EQ(refusal("domain:b.example"), "554 5.4.6") << "without MX";
}

TEST_F(RouterTest, a_loop_tells_the_operator_and_not_the_stranger_what_to_do) {
    dns.mx("a.example", {{10, "relay.example"}});
    const Route nowhere = route("domain:a.example");
    EXPECT_THAT(std::get<Unroutable>(nowhere).advice, HasSubstr("[domains] local"));
    EXPECT_THAT(std::get<Unroutable>(nowhere).reply.text(), testing::Not(HasSubstr("[domains]")));
}

TEST_F(RouterTest, an_mx_that_is_an_alias_is_followed) {
    dns.mx("a.example", {{10, "alias.a.example"}});
    dns.address("alias.a.example", {"192.0.2.1"});
    dns.alias("alias.a.example", "host.b.example");
    EXPECT_THAT(names(remote("domain:a.example")), ElementsAre("alias.a.example"));
}

TEST_F(RouterTest, lmtp_goes_to_its_own_port_and_is_a_site_of_its_own) {
    EXPECT_THAT(places(remote("lmtp:192.0.2.1")), ElementsAre("192.0.2.1:24"));
    EXPECT_THAT(places(remote("lmtp:[2001:db8::1]:2424")), ElementsAre("[2001:db8::1]:2424"));
    const RemoteRoute local = remote("lmtp:unix:/run/dovecot/lmtp");
    EXPECT_THAT(places(local), ElementsAre("unix:/run/dovecot/lmtp"));
    EXPECT_EQ(local.dialect, Dialect::Lmtp);
    add_route("a.example", "192.0.2.1:24");
    EXPECT_NE(remote("route:a.example").site, remote("lmtp:192.0.2.1").site);
    EXPECT_EQ(refusal("lmtp:no host"), "451 4.3.5");
}

TEST_F(RouterTest, our_own_socket_is_never_gone_to) {
    settings.listeners.emplace_back().addresses = {LocalSocket{"/run/cursus/lmtp"}};
    EXPECT_EQ(refusal("lmtp:unix:/run/cursus/lmtp"), "451 4.3.5");
}

TEST_F(RouterTest, a_table_is_asked_for_the_domain_then_its_suffixes_then_all) {
    add_table_route("hosts", {{"a.example", "192.0.2.1:2525 192.0.2.2, 192.0.2.3"},
                              {"*.b.example", "192.0.2.4"},
                              {"*.deep.b.example", "192.0.2.5"},
                              {"*", "192.0.2.6"}});
    EXPECT_THAT(names(remote("table-route:a.example")), ElementsAre("192.0.2.1,192.0.2.2", "192.0.2.3"));
    EXPECT_THAT(names(remote("table-route:x.b.example")), ElementsAre("192.0.2.4"));
    EXPECT_THAT(names(remote("table-route:x.deep.b.example")), ElementsAre("192.0.2.5"));
    EXPECT_THAT(names(remote("table-route:b.example")), ElementsAre("192.0.2.6"));
    EXPECT_THAT(names(remote("table-route:[192.0.2.9]")), ElementsAre("192.0.2.6"));
    EXPECT_LE(remote("table-route:a.example").valid_for, table_answer_kept);
}

TEST_F(RouterTest, a_domain_that_a_table_lacks_goes_to_the_next_route_and_then_by_dns) {
    add_table_route("first", {{"a.example", "192.0.2.1"}});
    add_route("*.example", "192.0.2.2");
    dns.address("c.test", {"192.0.2.3"});
    EXPECT_THAT(names(remote("table-route:a.example")), ElementsAre("192.0.2.1"));
    EXPECT_THAT(names(remote("table-route:b.example")), ElementsAre("192.0.2.2"));
    EXPECT_THAT(names(remote("table-route:c.test")), ElementsAre("c.test"));
}

TEST_F(RouterTest, a_table_in_trouble_or_with_nonsense_is_temporary_and_hides_no_route_behind_it) {
    add_table_route("broken", {});
    add_route("*", "192.0.2.2");
    static_cast<FixedTable&>(*tables["broken"]).trouble = "the database is away";
    EXPECT_EQ(refusal("table-route:a.example"), "451 4.3.5");
    tables["broken"] = std::make_shared<FixedTable>(
        std::map<std::string, std::string>{{"a.example", "no host here!"}, {"b.example", ""}});
    EXPECT_EQ(refusal("table-route:a.example"), "451 4.3.5");
    EXPECT_EQ(refusal("table-route:b.example"), "451 4.3.5");
    tables.clear();
    EXPECT_EQ(refusal("table-route:a.example"), "451 4.3.5");
}

TEST_F(RouterTest, very_many_mx_records_and_addresses_are_bounded) {
    std::vector<std::pair<int, std::string>> hosts;
    for (int i = 0; i < 10'000; ++i) hosts.emplace_back(i, "mx" + std::to_string(i) + ".a.example");
    dns.mx("a.example", hosts);
    std::vector<std::string> addresses;
    for (int i = 0; i < 250; ++i) addresses.push_back("192.0.2." + std::to_string(i));
    for (int i = 0; i < 10'000; ++i) dns.address("mx" + std::to_string(i) + ".a.example", {"192.0.2.1"});
    dns.address("mx0.a.example", addresses);
    const RemoteRoute found = remote("domain:a.example");
    EXPECT_EQ(found.preferences.size(), mx_hosts_max);
    EXPECT_EQ(found.preferences[0][0].addresses.size(), host_addresses_max);
    EXPECT_LE(dns.asked.size(), 1 + 2 * mx_hosts_max);
}

TEST_F(RouterTest, an_address_literal_is_gone_to_directly) {
    EXPECT_EQ(remote("domain:[192.0.2.7]").site, "[192.0.2.7]:25");
    const RemoteRoute found = remote("domain:[IPv6:2001:db8::7]");
    EXPECT_THAT(places(found), ElementsAre("[2001:db8::7]:25"));
    EXPECT_TRUE(dns.asked.empty());
}

TEST_F(RouterTest, a_special_route_has_its_own_hosts_ports_and_preferences) {
    add_route("*.clients.example", "10.1.1.4:2525 inner.example, 10.1.1.5:26");
    settings.routes.back().single_copy = true;
    dns.address("inner.example", {"10.1.1.6"});
    const RemoteRoute found = remote("route:*.clients.example");
    EXPECT_THAT(names(found), ElementsAre("10.1.1.4,inner.example", "10.1.1.5"));
    EXPECT_THAT(places(found), ElementsAre("10.1.1.4:2525", "10.1.1.6:25", "10.1.1.5:26"));
    EXPECT_TRUE(found.single_copy);
}

TEST_F(RouterTest, a_special_route_may_lead_to_loopback_but_never_to_ourselves) {
    listen_at("127.0.0.1:25");
    add_route("filter.example", "127.0.0.1:10025");
    add_route("loop.example", "127.0.0.1:25");
    EXPECT_THAT(names(remote("route:filter.example")), ElementsAre("127.0.0.1"));
    EXPECT_EQ(refusal("route:loop.example"), "451 4.3.5");
}

TEST_F(RouterTest, a_special_route_whose_host_is_unknown_or_that_is_gone_is_temporary) {
    add_route("a.example", "typo.example");
    EXPECT_EQ(refusal("route:a.example"), "451 4.3.5");
    EXPECT_EQ(refusal("route:removed.example"), "451 4.3.5");
}

TEST_F(RouterTest, a_route_is_good_for_the_shortest_time_to_live) {
    dns.mx("a.example", {{10, "mx1.a.example"}}, std::chrono::minutes{30});
    dns.address("mx1.a.example", {"192.0.2.1"}, std::chrono::minutes{5});
    dns.status("mx1.a.example", RecordType::Aaaa, DnsStatus::NoData);
    EXPECT_EQ(remote("domain:a.example").valid_for, std::chrono::minutes{1});  // the negative answer's
    dns.mx("b.example", {{10, "mx1.b.example"}}, Duration::zero());
    dns.address("mx1.b.example", {"192.0.2.1"});
    EXPECT_EQ(remote("domain:b.example").valid_for, route_kept_min);
    EXPECT_EQ(remote("domain:[192.0.2.7]").valid_for, route_kept_max);
}

TEST_F(RouterTest, local_mail_asks_nobody) {
    EXPECT_TRUE(std::holds_alternative<LocalRoute>(route("local")));
    EXPECT_TRUE(dns.asked.empty());
}

TEST_F(RouterTest, the_refusal_names_what_was_asked) {
    const Route found = route("domain:gone.example");
    EXPECT_THAT(std::get<Unroutable>(found).reply.text(), HasSubstr("gone.example"));
}

TEST(TrialOrder, equal_hosts_are_shuffled_and_preferences_are_kept) {
    SimWorld sim(7);
    RemoteRoute route;
    route.preferences = {
        {{"a", {*Endpoint::parse("192.0.2.1:25")}}, {"b", {*Endpoint::parse("192.0.2.2:25")}}},
        {{"c", {*Endpoint::parse("192.0.2.3:25")}}}};
    std::set<std::string> firsts;
    for (int i = 0; i < 50; ++i) {
        const auto order = trial_order(route, sim.random());
        ASSERT_EQ(order.size(), 3U);
        firsts.insert(order[0].host);
        EXPECT_EQ(order[2].host, "c");
    }
    EXPECT_EQ(firsts.size(), 2U);
}

TEST(TrialOrder, a_hosts_families_take_turns_and_ipv6_begins) {
    SimWorld sim(7);
    std::vector<ServiceAddress> addresses;
    for (const char* place : {"192.0.2.1:25", "192.0.2.2:25", "192.0.2.3:25", "[2001:db8::1]:25"})
        addresses.emplace_back(*Endpoint::parse(place));
    const auto order = address_order(addresses, sim.random());
    ASSERT_EQ(order.size(), 4U);
    EXPECT_EQ(text(order[0]), "[2001:db8::1]:25");
    EXPECT_NE(text(order[1]), "[2001:db8::1]:25");
}

TEST(TrialOrder, candidates_are_bounded) {
    SimWorld sim(7);
    RemoteRoute route;
    for (int i = 0; i < 100; ++i) route.preferences.push_back({{"h", {*Endpoint::parse("192.0.2.1:25")}}});
    EXPECT_EQ(trial_order(route, sim.random()).size(), candidates_max);
}

}  // namespace
}  // namespace cursus
