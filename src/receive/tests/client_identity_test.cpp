#include "receive/client_identity.h"

#include <random>

#include <gtest/gtest.h>

namespace cursus {
namespace {

Endpoint endpoint(std::string_view text) {
    return Endpoint::parse(text).value();
}

XclientStatement stating(std::string_view attributes) {
    return parse_xclient(attributes).value();
}

ClientIdentity incoming() {
    return ClientIdentity(
        {endpoint("192.0.2.1:40000"), endpoint("203.0.113.25:25"), endpoint("10.0.0.1:999")});
}

TEST(ClientIdentity, is_that_of_the_connection_until_it_is_restated) {
    ClientIdentity identity = incoming();
    EXPECT_EQ(identity.client(), endpoint("192.0.2.1:40000"));
    EXPECT_EQ(identity.proxy(), endpoint("10.0.0.1:999"));
    identity.restate(
        stating("ADDR=198.51.100.7 PORT=1 NAME=client.example DESTADDR=203.0.113.26 DESTPORT=465"));
    EXPECT_EQ(identity.client(), endpoint("198.51.100.7:1"));
    EXPECT_EQ(identity.server(), endpoint("203.0.113.26:465"));
    EXPECT_EQ(identity.name(), "client.example");
    EXPECT_EQ(identity.origin(), endpoint("192.0.2.1:40000")) << "who may say XCLIENT does not change";
}

TEST(ClientIdentity, that_is_restated_keeps_nothing_of_the_host_that_speaks) {
    ClientIdentity identity = incoming();
    identity.restate(stating("NAME=client.example"));
    EXPECT_TRUE(identity.client().address.is_unspecified());
    EXPECT_EQ(identity.client().port, 0);
}

TEST(ClientIdentity, keeps_what_was_stated_before_and_forgets_what_is_not_available) {
    ClientIdentity identity = incoming();
    identity.restate(stating("ADDR=198.51.100.7 PORT=1 NAME=client.example"));
    identity.restate(stating("HELO=x.example"));
    EXPECT_EQ(identity.client(), endpoint("198.51.100.7:1"));
    identity.restate(stating("ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]"));
    EXPECT_TRUE(identity.client().address.is_unspecified());
    EXPECT_EQ(identity.name(), "");
}

TEST(ClientIdentity, takes_no_certificate_for_that_of_a_client_that_is_spoken_for) {
    ClientIdentity identity = incoming();
    EXPECT_TRUE(identity.relay_client(false, true).shows_accepted_certificate);
    identity.restate(stating("ADDR=198.51.100.7"));
    EXPECT_FALSE(identity.relay_client(false, true).shows_accepted_certificate);
    EXPECT_TRUE(identity.relay_client(true, false).is_authenticated);
}

// Loopback is each host's own: [relay] hosts, which has it by default, means ours.
TEST(ClientIdentity, believes_in_loopback_only_where_this_host_states_it) {
    const std::vector<std::string> loopback = {"127.0.0.1", "127.9.9.9", "IPV6:::1", "IPV6:::ffff:127.0.0.1"};
    for (const auto& stated : loopback) {
        ClientIdentity from_elsewhere = incoming();
        from_elsewhere.restate(stating("PORT=1 ADDR=" + stated));
        EXPECT_EQ(from_elsewhere.client().address, IpAddress()) << stated;
        EXPECT_EQ(from_elsewhere.relay_client(false, false).address, IpAddress()) << stated;
        // A balancer on this host does not make the machine behind it this one.
        ClientIdentity through_here({endpoint("192.0.2.1:40000"), Endpoint{}, endpoint("127.0.0.1:999")});
        through_here.restate(stating("ADDR=" + stated));
        EXPECT_TRUE(through_here.client().address.is_unspecified()) << stated;
        ClientIdentity from_here({endpoint("127.0.0.1:40000"), Endpoint{}});
        from_here.restate(stating("ADDR=" + stated));
        EXPECT_TRUE(from_here.client().address.is_loopback()) << stated;
    }
}

// Whatever balancers and listed hosts may do by themselves, a client that is spoken for may do what its own
// address may, and a client whose address is not stated nothing.
TEST(ClientIdentity, gives_nobody_the_rights_of_a_balancer_or_of_the_host_that_speaks) {
    Settings settings;
    settings.hostname = Domain::parse("relay.ancient-rome.net").value();
    settings.relay.hosts = {IpNetwork::parse("10.0.0.0/8").value(),
                            IpNetwork::parse("2001:db8::/32").value()};
    const RelayInvariant relay(settings);
    const std::vector<std::string> trusted = {"10.0.0.1", "10.255.0.9", "2001:db8::5"};
    const std::vector<std::string> strange = {"192.0.2.1", "198.51.100.7", "2001:db9::5", "11.0.0.1"};
    std::mt19937 random(7);
    const auto one_of = [&random](const std::vector<std::string>& texts) {
        return texts[random() % texts.size()];
    };
    std::size_t rights = 0;
    for (int round = 0; round < 20'000; ++round) {
        const bool is_proxied = random() % 2 == 0;
        const Endpoint socket{IpAddress::parse(one_of(trusted)).value(), 1000};
        const Endpoint real{IpAddress::parse(one_of(random() % 2 == 0 ? trusted : strange)).value(), 2000};
        ClientIdentity identity(is_proxied ? ConnectionEnds{real, Endpoint{}, socket}
                                           : ConnectionEnds{socket, Endpoint{}});
        std::optional<std::string> stated;  // the client's address; empty: said to be unknown
        bool is_restated = false;
        for (unsigned i = random() % 4; i > 0; --i) {
            is_restated = true;
            const unsigned kind = random() % 4;
            if (kind == 0) stated = one_of(trusted);
            if (kind == 1) stated = one_of(strange);
            if (kind == 2) stated = "";
            const bool is_v6 = stated && stated->contains(':');
            identity.restate(kind == 3 ? stating("HELO=x.example PORT=25")
                             : stated->empty()
                                 ? stating("ADDR=[UNAVAILABLE]")
                                 : stating("ADDR=" + std::string(is_v6 ? "IPV6:" : "") + *stated));
        }
        const std::string expected = is_restated ? stated.value_or("") : identity.origin().address.text();
        if (is_proxied && !is_restated) EXPECT_EQ(expected, real.address.text());
        const bool may_relay = std::ranges::find(trusted, expected) != trusted.end();
        const auto trust = relay.trust(identity.relay_client(false, is_restated));
        ASSERT_EQ(trust.has_value(), may_relay) << expected;
        rights += may_relay ? 1 : 0;
    }
    EXPECT_GT(rights, 1'000U);
    EXPECT_LT(rights, 19'000U);
}

TEST(ClientIdentityName, that_was_learned_is_of_that_client_alone) {
    ClientIdentity identity({*Endpoint::parse("198.51.100.7:1"), *Endpoint::parse("203.0.113.25:25")});
    identity.learn_name("first.example");
    EXPECT_EQ(identity.name(), "first.example");
    XclientStatement statement;
    statement.address = IpAddress::parse("192.0.2.9").value();
    identity.restate(statement);
    EXPECT_EQ(identity.name(), "");
}

}  // namespace
}  // namespace cursus
