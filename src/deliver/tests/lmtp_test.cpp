// Deliveries by LMTP, RFC 2033: a reply for each recipient after the message.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;

constexpr const char* socket_path = "/run/dovecot/lmtp";

class Lmtp : public DeliveryWorld {
protected:
    SmtpSink& lmtp_sink(ServiceAddress address, SinkBehaviour behaviour = {}) {
        const auto* endpoint = std::get_if<Endpoint>(&address);
        Machine& machine =
            endpoint != nullptr ? world.sim.machine(endpoint->address.text()) : world.sim.program_machine();
        made_ = std::make_unique<SmtpSink>(machine, std::move(address), "lmtp.example", std::move(behaviour),
                                           1, world.sim.tls(), Dialect::Lmtp);
        return *made_;
    }
    void route(const std::string& hosts) {
        RouteSettings& added = world.settings.routes.emplace_back();
        added.pattern = "a.example";
        added.hosts = parse_hosts(hosts).value();
        added.protocol = Dialect::Lmtp;
    }
    // Replies to attempts for one recipient, in order.
    std::vector<std::string> replies_for(const std::string& recipient) {
        std::vector<std::string> replies;
        for (const auto& attempt : world.events.all<Attempted>())
            if (attempt.recipient == recipient) replies.push_back(attempt.reply.one_line());
        return replies;
    }

private:
    std::unique_ptr<SmtpSink> made_;
};

TEST_F(Lmtp, mail_goes_to_a_local_socket_in_one_transaction) {
    auto& peer = lmtp_sink(LocalSocket{socket_path});
    route("unix:/run/dovecot/lmtp");
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"});
    ASSERT_TRUE(delivered(2, 1min));
    ASSERT_EQ(peer.messages().size(), 1U);
    EXPECT_THAT(peer.messages()[0].recipients,
                testing::UnorderedElementsAre("bob@a.example", "cid@a.example"));
    EXPECT_EQ(text(world.events.all<Attempted>().at(0).address.value()), "unix:/run/dovecot/lmtp");
    EXPECT_EQ(world.events.all<Delivered>().at(0).where, "unix:/run/dovecot/lmtp");
    EXPECT_EQ(world.events.all<Routed>().at(0).site, "lmtp:unix:/run/dovecot/lmtp");
}

TEST_F(Lmtp, a_destination_may_be_a_socket_or_a_host_without_a_route) {
    auto& peer = lmtp_sink(*Endpoint::parse("203.0.113.9:24"));
    world.destination_of = [](const Mailbox&, const Handling&) { return Destination("lmtp:203.0.113.9"); };
    world.open();
    local = std::make_unique<LocalRouting>(world.sim.world(), world.settings, tables);
    dispatcher = std::make_unique<Dispatcher>(
        DeliverNeeds{world.sim.world(), *world.queue, world.events, ways(world.settings)});
    dispatcher->start();
    world.accept("ann@b.example", {"bob@a.example"});
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_EQ(peer.count_for("bob@a.example"), 1U);
}

TEST_F(Lmtp, each_recipient_has_its_own_fate_after_the_message) {
    auto& peer = lmtp_sink(
        LocalSocket{socket_path},
        {.final_replies = {{"cid@a.example", "550 5.1.1 Gone"}, {"dan@a.example", "451 4.3.0 Locked"}}});
    route("unix:/run/dovecot/lmtp");
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example", "dan@a.example", "eve@a.example"});
    ASSERT_TRUE(delivered(2, 1min));
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>().at(0).recipient, "cid@a.example");
    EXPECT_EQ(world.events.all<Bounced>().at(0).reply.one_line(), "550 5.1.1 Gone");
    ASSERT_EQ(world.events.count<Deferred>(), 1U);
    EXPECT_EQ(world.events.all<Deferred>().at(0).recipient, "dan@a.example");
    peer.behaviour().final_replies.clear();
    ASSERT_TRUE(delivered(3, 1h)) << "the deferred one comes again alone";
    EXPECT_EQ(peer.count_for("dan@a.example"), 1U);
    EXPECT_EQ(peer.count_for("bob@a.example"), 1U);
    EXPECT_EQ(world.events.count<SiteDown>(), 0U);
}

TEST_F(Lmtp, a_full_mailbox_is_for_now_whatever_its_first_digit) {
    auto& peer = lmtp_sink(LocalSocket{socket_path},
                           {.final_replies = {{"bob@a.example", "552 5.2.2 Quota exceeded"},
                                              {"cid@a.example", "452 4.2.2 Quota exceeded"}}});
    route("unix:/run/dovecot/lmtp");
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Deferred>() == 2; }, 1min));
    peer.behaviour().final_replies.clear();
    EXPECT_TRUE(delivered(2, 1h));
    EXPECT_EQ(world.events.count<Bounced>(), 0U);
}

TEST_F(Lmtp, a_mailbox_that_stays_full_is_given_up_as_configured) {
    lmtp_sink(LocalSocket{socket_path}, {.final_replies = {{"bob@a.example", "452 4.2.2 Quota exceeded"}}});
    route("unix:/run/dovecot/lmtp");
    world.settings.local.full_give_up_after = 2h;
    start();
    world.accept("ann@b.example", {"bob@a.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Deferred>() == 1; }, 1min));
    ASSERT_TRUE(bounced(1, 12h));
    EXPECT_EQ(world.events.all<Bounced>().at(0).reply.status()->text(), "4.2.2");
}

TEST_F(Lmtp, who_was_not_heard_of_before_the_connection_broke_is_not_given_to_another_host_at_once) {
    auto& peer = lmtp_sink(*Endpoint::parse("203.0.113.9:24"), {.final_replies = {{"cid@a.example", ""}}});
    route("203.0.113.9, 203.0.113.10");
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Deferred>() == 1; }, 5min));
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_EQ(world.events.all<Deferred>().at(0).recipient, "cid@a.example");
    EXPECT_EQ(replies_for("cid@a.example").size(), 1U);
    peer.behaviour().final_replies.clear();
    EXPECT_TRUE(delivered(2, 1h));
    EXPECT_EQ(peer.count_for("bob@a.example"), 1U);
}

TEST_F(Lmtp, a_socket_that_nobody_listens_at_is_a_site_that_is_down) {
    route("unix:/run/dovecot/lmtp");
    start();
    world.accept("ann@b.example", {"bob@a.example"});
    ASSERT_TRUE(until([&] { return world.events.count<SiteDown>() == 1; }, 1min));
    EXPECT_EQ(world.events.count<Attempted>(), 0U);
    auto& peer = lmtp_sink(LocalSocket{socket_path});
    ASSERT_TRUE(delivered(1, 1h));
    EXPECT_EQ(peer.count_for("bob@a.example"), 1U);
    EXPECT_EQ(world.events.count<SiteUp>(), 1U);
}

TEST_F(Lmtp, a_connection_is_used_again) {
    auto& peer = lmtp_sink(LocalSocket{socket_path});
    route("unix:/run/dovecot/lmtp");
    world.settings.delivery.connections_per_site = 1;
    start();
    for (int i = 0; i < 5; ++i) world.accept("ann@b.example", {"bob@a.example"});
    ASSERT_TRUE(delivered(5, 1min));
    EXPECT_EQ(peer.visits().size(), 1U);
}

TEST_F(Lmtp, single_copy_gives_each_recipient_a_transaction_of_its_own) {
    auto& peer = lmtp_sink(LocalSocket{socket_path});
    route("unix:/run/dovecot/lmtp");
    world.settings.routes.back().single_copy = true;
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example", "dan@a.example"});
    ASSERT_TRUE(delivered(3, 1min));
    EXPECT_EQ(peer.messages().size(), 3U);
}

TEST_F(Lmtp, tls_is_not_spoken_over_a_local_socket) {
    auto& peer = lmtp_sink(LocalSocket{socket_path}, {.tls_certificate = "/tls/lmtp.pem"});
    route("unix:/run/dovecot/lmtp");
    start();
    world.accept("ann@b.example", {"bob@a.example"});
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_FALSE(peer.messages().at(0).tls);
}

}  // namespace
}  // namespace cursus
