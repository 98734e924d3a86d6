#include "policy/relay.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cursus {
namespace {

Domain named(std::string_view text) {
    return Domain::parse(text).value();
}
Mailbox mailbox(std::string_view text) {
    return Mailbox::parse(text).value();
}
IpAddress address(std::string_view text) {
    return IpAddress::parse(text).value();
}

Settings settings_of_a_small_site() {
    Settings settings;
    settings.hostname = named("relay.ancient-rome.net");
    settings.domains.local = {named("ancient-rome.net"), named("bücher.example")};
    settings.listeners.emplace_back().addresses = {Endpoint{address("203.0.113.25"), 25},
                                                   Endpoint{address("::"), 25}};
    settings.domains.relay = {named("provinces.example")};
    settings.relay.hosts = {IpNetwork::parse("127.0.0.0/8").value(), IpNetwork::parse("::1").value(),
                            IpNetwork::parse("192.168.7.0/24").value()};
    return settings;
}

RelayClient client_at(std::string_view text) {
    return {.address = address(text)};
}

const RelayInvariant& invariant() {
    static const RelayInvariant made(settings_of_a_small_site());
    return made;
}

struct Line {
    std::string client, recipient;
    RelayRule rule;
};

TEST(RelayInvariant, decides_each_line_of_the_table) {
    const std::vector<Line> table = {
        // strangers
        {"198.51.100.7", "julius@ancient-rome.net", RelayRule::LocalDomain},
        {"198.51.100.7", "julius@ANCIENT-ROME.NET", RelayRule::LocalDomain},
        {"198.51.100.7", "anna@xn--bcher-kva.example", RelayRule::LocalDomain},
        {"198.51.100.7", "anna@bücher.example", RelayRule::LocalDomain},
        {"198.51.100.7", "gaul@provinces.example", RelayRule::RelayDomain},
        {"198.51.100.7", "ann@elsewhere.example", RelayRule::Stranger},
        {"198.51.100.7", "ann@sub.ancient-rome.net", RelayRule::Stranger},
        {"198.51.100.7", "ann@sub.provinces.example", RelayRule::Stranger},
        {"198.51.100.7", "ann@xancient-rome.net", RelayRule::Stranger},
        {"198.51.100.7", "ann@net", RelayRule::Stranger},
        {"2001:db8::7", "ann@elsewhere.example", RelayRule::Stranger},
        {"2001:db8::7", "gaul@provinces.example", RelayRule::RelayDomain},
        // the postmaster of this host, RFC 5321 §4.5.1, and nobody else there
        {"198.51.100.7", "postmaster@relay.ancient-rome.net", RelayRule::OwnPostmaster},
        {"198.51.100.7", "PostMaster@relay.ancient-rome.net", RelayRule::OwnPostmaster},
        {"198.51.100.7", "postmasters@relay.ancient-rome.net", RelayRule::Stranger},
        {"198.51.100.7", "julius@relay.ancient-rome.net", RelayRule::Stranger},
        {"198.51.100.7", "postmaster@elsewhere.example", RelayRule::Stranger},
        // address literals: only what a listener has
        {"198.51.100.7", "postmaster@[203.0.113.25]", RelayRule::OwnAddress},
        {"198.51.100.7", "postmaster@[IPv6:::ffff:203.0.113.25]", RelayRule::OwnAddress},
        {"198.51.100.7", "ann@[203.0.113.26]", RelayRule::Stranger},
        {"198.51.100.7", "ann@[127.0.0.1]", RelayRule::Stranger},
        {"198.51.100.7", "ann@[IPv6:::1]", RelayRule::Stranger},
        {"198.51.100.7", "ann@[0.0.0.0]", RelayRule::Stranger},
        // listed hosts
        {"127.0.0.1", "ann@elsewhere.example", RelayRule::RelayHost},
        {"127.255.255.255", "ann@elsewhere.example", RelayRule::RelayHost},
        {"::1", "ann@elsewhere.example", RelayRule::RelayHost},
        {"::ffff:127.0.0.1", "ann@elsewhere.example", RelayRule::RelayHost},
        {"::2", "ann@elsewhere.example", RelayRule::Stranger},
        {"192.168.7.255", "ann@[198.51.100.1]", RelayRule::RelayHost},
        {"::ffff:192.168.7.1", "ann@elsewhere.example", RelayRule::RelayHost},
        {"192.168.8.0", "ann@elsewhere.example", RelayRule::Stranger},
        {"128.0.0.1", "ann@elsewhere.example", RelayRule::Stranger},
        {"0.0.0.0", "ann@elsewhere.example", RelayRule::Stranger},
    };
    for (const Line& line : table)
        EXPECT_EQ(invariant().decide(client_at(line.client), mailbox(line.recipient)), line.rule)
            << line.client << " to " << line.recipient;
}

TEST(RelayInvariant, takes_the_percent_hack_bang_paths_and_quoted_ats_literally_in_a_local_domain) {
    for (const char* recipient :
         {"ann%elsewhere.example@ancient-rome.net", "elsewhere.example!ann@ancient-rome.net",
          "\"ann@elsewhere.example\"@ancient-rome.net"}) {
        const Mailbox given = mailbox(recipient);
        EXPECT_EQ(invariant().decide(client_at("198.51.100.7"), given), RelayRule::LocalDomain) << recipient;
        ASSERT_NE(given.domain(), nullptr);
        EXPECT_EQ(given.domain()->text(), "ancient-rome.net")
            << "the domain that was allowed is the one it goes to";
    }
}

TEST(RelayInvariant, refuses_a_strangers_route_through_a_relay_domain) {
    for (const char* recipient :
         {"ann%elsewhere.example@provinces.example", "elsewhere.example!ann@provinces.example",
          "\"ann@elsewhere.example\"@provinces.example"}) {
        EXPECT_EQ(invariant().decide(client_at("198.51.100.7"), mailbox(recipient)), RelayRule::SenderRouted)
            << recipient;
        EXPECT_EQ(invariant().decide(client_at("192.168.7.9"), mailbox(recipient)), RelayRule::RelayHost)
            << recipient;
    }
}

TEST(RelayInvariant, drops_source_routes_before_deciding) {
    // RFC 5321 Appendix C: the route goes, the mailbox at its end is what is asked for.
    const auto out =
        parse_forward_path("<@ancient-rome.net:ann@elsewhere.example>", named("relay.ancient-rome.net"));
    ASSERT_TRUE(out);
    EXPECT_EQ(invariant().decide(client_at("198.51.100.7"), *out), RelayRule::Stranger);
    const auto in =
        parse_forward_path("<@elsewhere.example:julius@ancient-rome.net>", named("relay.ancient-rome.net"));
    ASSERT_TRUE(in);
    EXPECT_EQ(invariant().decide(client_at("198.51.100.7"), *in), RelayRule::LocalDomain);
}

TEST(RelayInvariant, lets_proven_clients_send_anywhere) {
    RelayClient client = client_at("198.51.100.7");
    client.is_authenticated = true;
    EXPECT_EQ(invariant().decide(client, mailbox("ann@elsewhere.example")), RelayRule::Authenticated);
    client.is_authenticated = false;
    client.shows_accepted_certificate = true;
    EXPECT_EQ(invariant().decide(client, mailbox("ann@elsewhere.example")), RelayRule::Certificate);
}

TEST(RelayInvariant, without_listed_hosts_not_even_loopback_may_relay) {
    Settings settings = settings_of_a_small_site();
    settings.relay.hosts.clear();
    EXPECT_EQ(RelayInvariant(settings).decide(client_at("127.0.0.1"), mailbox("ann@elsewhere.example")),
              RelayRule::Stranger);
}

TEST(RelayInvariant, without_any_domain_takes_only_its_own_postmaster_from_strangers) {
    Settings settings;
    settings.hostname = named("relay.ancient-rome.net");
    const RelayInvariant bare(settings);
    EXPECT_EQ(bare.decide(client_at("198.51.100.7"), mailbox("julius@ancient-rome.net")),
              RelayRule::Stranger);
    EXPECT_EQ(bare.decide(client_at("198.51.100.7"), mailbox("postmaster@relay.ancient-rome.net")),
              RelayRule::OwnPostmaster);
}

TEST(RelayInvariant, every_rule_has_its_own_name_and_only_the_last_two_refuse) {
    std::unordered_set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(RelayRule::Stranger); ++i) {
        const auto rule = static_cast<RelayRule>(i);
        names.insert(name(rule));
        EXPECT_EQ(is_allowed(rule), rule != RelayRule::SenderRouted && rule != RelayRule::Stranger)
            << name(rule);
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(RelayRule::Stranger) + 1);
}

// Recipients built from the pieces a relay tester tries: whatever parses and is allowed to a stranger must be
// in a domain of ours by its text after the last "@", decided here by other means than the code under test.
TEST(RelayInvariant, lets_no_stranger_reach_a_foreign_domain_whatever_the_address) {
    const std::vector<std::string> pieces = {"ann",
                                             "postmaster",
                                             "%",
                                             "!",
                                             "@",
                                             "\"",
                                             "\\",
                                             ":",
                                             ",",
                                             ".",
                                             "<",
                                             ">",
                                             "[",
                                             "]",
                                             "(",
                                             ")",
                                             " ",
                                             "elsewhere.example",
                                             "ancient-rome.net",
                                             "provinces.example",
                                             "relay.ancient-rome.net",
                                             "203.0.113.25",
                                             "127.0.0.1",
                                             "IPv6:",
                                             "::1",
                                             "é"};
    std::mt19937_64 chance(20260824);  // NOLINT: the same addresses on every run
    std::size_t parsed = 0, allowed = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string text;
        for (std::size_t i = 0, count = 1 + chance() % 8; i < count; ++i)
            text += pieces[chance() % pieces.size()];
        const std::string path = chance() % 2 == 0 ? "<" + text + ">" : "<ann@" + text + ">";
        const auto recipient = parse_forward_path(path, named("relay.ancient-rome.net"));
        if (!recipient) continue;
        ++parsed;
        if (!is_allowed(invariant().decide(client_at("198.51.100.7"), *recipient))) continue;
        ++allowed;
        const std::string whole = recipient->text();
        const std::string host = whole.substr(whole.rfind('@') + 1);
        EXPECT_TRUE(host == "ancient-rome.net" || host == "provinces.example" || host == "[203.0.113.25]" ||
                    host == "relay.ancient-rome.net")
            << path << " was taken as " << whole;
    }
    EXPECT_GT(parsed, 1'000U) << "the pieces must make addresses";
    EXPECT_GT(allowed, 100U);
}

}  // namespace
}  // namespace cursus
