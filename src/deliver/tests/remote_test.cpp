// Whole deliveries to other hosts, over the real queue.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr const char* body = "Subject: x\r\n\r\n.a line with a dot\r\nHello\r\n";

class Remote : public DeliveryWorld {};

TEST_F(Remote, a_message_goes_to_the_mx_host_as_it_is) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, body);
    ASSERT_TRUE(delivered(1, 1min));
    ASSERT_EQ(peer.messages().size(), 1U);
    EXPECT_EQ(peer.messages()[0].text, body);
    EXPECT_EQ(peer.messages()[0].sender, "ann@b.example");
    EXPECT_THAT(peer.messages()[0].recipients, ElementsAre("bob@a.example"));
    EXPECT_EQ(world.events.all<Routed>().at(0).site, "mx1.a.example:25");
    EXPECT_EQ(world.events.all<Attempted>().at(0).host, "mx1.a.example");
    EXPECT_EQ(world.events.count<Completed>(), 1U);
    stop();
    world.open();
    world.expect_empty_store();
}

// A peer need not read a message to its end before it says that it will never take it.
TEST_F(Remote, a_permanent_refusal_amid_the_message_fails_it_at_once_and_says_nothing_against_the_host) {
    auto& peer = sink("203.0.113.1", {.troubles = {says(SinkStage::Body, "552 5.3.4 Too much")}});
    domain("a.example", {"203.0.113.1"});
    start();
    std::string long_body = "Subject: x\r\n\r\n";
    for (int i = 0; i < 40'000; ++i) long_body += "a line of some length, of which there are many\r\n";
    world.accept("ann@b.example", {"bob@a.example"}, long_body);
    ASSERT_TRUE(bounced(1, 5min));
    EXPECT_EQ(world.events.all<Bounced>().at(0).reply.one_line(), "552 5.3.4 Too much");
    EXPECT_EQ(world.events.count<SiteDown>(), 0U);
    peer.behaviour().troubles.clear();
    world.accept("ann@b.example", {"bob@a.example"}, body);
    EXPECT_TRUE(delivered(1, 1min)) << "other mail goes on";
}

TEST_F(Remote, a_permanent_refusal_amid_the_message_is_not_for_a_recipient_refused_for_now) {
    sink("203.0.113.1",
         {.troubles = {says(SinkStage::Body, "552 5.3.4 Too much")}, .full = {"cid@a.example"}});
    domain("a.example", {"203.0.113.1"});
    start();
    std::string long_body = "Subject: x\r\n\r\n";
    for (int i = 0; i < 40'000; ++i) long_body += "a line of some length, of which there are many\r\n";
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example", "dan@a.example"}, long_body);
    ASSERT_TRUE(bounced(2, 10min));
    world.sim.run_for(1min);
    EXPECT_EQ(world.events.count<Bounced>(), 2U);
    EXPECT_EQ(world.events.all<Deferred>().at(0).recipient, "cid@a.example");
}

TEST_F(Remote, recipients_of_one_domain_share_a_transaction) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"}, body);
    ASSERT_TRUE(delivered(2, 1min));
    ASSERT_EQ(peer.messages().size(), 1U);
    EXPECT_THAT(peer.messages()[0].recipients, UnorderedElementsAre("bob@a.example", "cid@a.example"));
}

TEST_F(Remote, a_transaction_has_so_many_recipients_and_no_more) {
    world.settings.delivery.recipients_per_transaction = 3;
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    std::vector<std::string> recipients;
    for (int i = 0; i < 10; ++i) recipients.push_back("r" + std::to_string(i) + "@a.example");
    world.accept("ann@b.example", recipients, body);
    ASSERT_TRUE(delivered(10, 1min));
    EXPECT_EQ(peer.messages().size(), 4U);
}

TEST_F(Remote, a_route_with_single_copy_has_a_transaction_for_each_recipient) {
    auto& peer = sink("203.0.113.1");
    RouteSettings& route = world.settings.routes.emplace_back();
    route.pattern = "a.example";
    route.hosts = parse_hosts("203.0.113.1:25").value();
    route.single_copy = true;
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example", "dan@a.example"}, body);
    ASSERT_TRUE(delivered(3, 1min));
    EXPECT_EQ(peer.messages().size(), 3U);
}

TEST_F(Remote, a_refused_recipient_does_not_keep_the_others_from_getting_the_message) {
    auto& peer = sink("203.0.113.1", {.unknown = {"bob@a.example"}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"}, body);
    ASSERT_TRUE(delivered(1, 1min));
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_THAT(peer.messages()[0].recipients, ElementsAre("cid@a.example"));
    EXPECT_EQ(world.events.all<Bounced>()[0].recipient, "bob@a.example");
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.code(), 550);
}

TEST_F(Remote, a_full_mailbox_waits_and_the_others_do_not) {
    auto& peer = sink("203.0.113.1", {.full = {"bob@a.example"}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"}, body);
    ASSERT_TRUE(delivered(1, 1min));
    peer.behaviour().full.clear();
    ASSERT_TRUE(delivered(2, 10min));
    EXPECT_EQ(world.events.count<SiteDown>(), 0U);
}

TEST_F(Remote, greylisting_costs_one_more_attempt) {
    auto& peer = sink("203.0.113.1", {.greylist = 4min});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, body);
    ASSERT_TRUE(delivered(1, 10min));
    EXPECT_EQ(peer.visits().size(), 2U);
    EXPECT_EQ(world.events.count<SiteDown>(), 0U);
}

TEST_F(Remote, many_messages_go_over_few_connections) {
    world.settings.delivery.connections_per_site = 5;
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    for (int i = 0; i < 60; ++i) world.accept("ann@b.example", {"bob@a.example"}, body);
    ASSERT_TRUE(delivered(60, 5min));
    EXPECT_LE(peer.visits().size(), 5U);
}

TEST_F(Remote, a_connection_that_waits_for_work_takes_it_alone) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    for (std::size_t sent = 1; sent <= 5; ++sent, world.sim.run_for(3s)) {
        world.accept("ann@b.example", {"bob@a.example"}, body);
        ASSERT_TRUE(delivered(sent, 1min));
    }
    EXPECT_EQ(peer.visits().size(), 1U);
}

TEST_F(Remote, a_backlog_opens_more_connections_once_the_site_has_proven_itself) {
    world.settings.delivery.connections_per_site = 5;
    auto& peer = sink("203.0.113.1");
    peer.behaviour().troubles = {says(SinkStage::Greeting, "421 4.3.2 Not yet", first(1min))};
    domain("a.example", {"203.0.113.1"});
    start();
    for (int i = 0; i < 60; ++i) world.accept("ann@b.example", {"bob@a.example"}, body);
    world.sim.run_for(1min);
    EXPECT_EQ(peer.visits().size(), 1U);
    ASSERT_TRUE(delivered(60, 10min));
    EXPECT_EQ(peer.visits().size(), 6U);
}

TEST_F(Remote, an_idle_connection_is_closed_in_order) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, body);
    ASSERT_TRUE(delivered(1, 1min));
    world.sim.run_for(30s);
    EXPECT_EQ(peer.messages()[0].answer, SunkMessage::Answer::Confirmed);
}

// RFC 5321 §4.1.1.10, RFC 9422 §5.1.
TEST_F(Remote, a_connection_whose_last_transaction_is_done_is_closed_in_order) {
    auto& peer = sink("203.0.113.1", {.extensions = {"LIMITS MAILMAX=1"}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, body);
    ASSERT_TRUE(delivered(1, 1min));
    world.sim.run_for(30s);
    EXPECT_EQ(peer.messages()[0].answer, SunkMessage::Answer::Confirmed);
}

TEST_F(Remote, a_host_that_refused_another_connection_is_asked_for_one_again_later) {
    world.settings.delivery.connections_per_site = 2;
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    std::size_t sent = 0;
    const auto send = [&](int count) {
        for (int i = 0; i < count; ++i, ++sent) world.accept("ann@b.example", {"bob@a.example"}, body);
        ASSERT_TRUE(delivered(sent, 5min));
    };
    const auto trickle_until = [&](Instant end) {  // the site lives on
        for (; world.sim.now() < end; world.sim.run_for(3s)) send(1);
    };
    send(1);
    peer.behaviour().troubles = {says(SinkStage::Greeting, "421 4.7.0 Too many of you")};
    send(30);
    peer.behaviour().troubles.clear();
    const Instant again = world.sim.now() + fewer_connections_kept;
    trickle_until(again - 1min);
    EXPECT_EQ(peer.visits().size(), 3U) << "the first, the one that was refused, and the first's successor";
    trickle_until(again + 1min);
    const std::size_t one_by_one = peer.visits().size();
    send(30);
    EXPECT_EQ(peer.visits().size(), one_by_one + 1);
}

// RFC 5321 §5.1: a host that is as good as another, or better, gets its share of a stream that never pauses.
TEST_F(Remote, a_connection_in_steady_use_is_renewed_so_that_other_hosts_get_their_share) {
    auto& best = sink("203.0.113.1");
    auto& next = sink("203.0.113.2");
    domain("a.example", {"203.0.113.1", "203.0.113.2"});
    best.behaviour().troubles = {says(SinkStage::Greeting, "421 4.3.2 Not yet")};
    start();
    std::size_t sent = 0;
    const auto trickle_until = [&](Instant end) {
        for (; world.sim.now() < end; world.sim.run_for(3s)) {
            world.accept("ann@b.example", {"bob@a.example"}, body);
            ASSERT_TRUE(delivered(++sent, 1min));
        }
    };
    const Instant renewed = world.sim.now() + connection_age_max;
    trickle_until(world.sim.now() + 30s);
    best.behaviour().troubles.clear();
    trickle_until(renewed - 30s);
    EXPECT_EQ(next.messages().size(), sent);
    EXPECT_EQ(next.visits().size(), 1U);
    const std::size_t before = sent;
    trickle_until(renewed + 30s);
    EXPECT_EQ(next.visits().size(), 1U);
    EXPECT_GT(best.messages().size(), 0U);
    EXPECT_LT(best.messages().size(), sent - before);
}

TEST_F(Remote, no_domain_and_null_mx_bounce_at_once_and_a_failing_lookup_never) {
    auto& peer = sink("203.0.113.1");
    world.sim.dns().null_mx("never.example");
    domain("a.example", {"203.0.113.1"});
    world.sim.dns().fault("a.example", DnsStatus::Failed, first(1h));
    start();
    world.accept("ann@b.example", {"x@never.example", "y@gone.example", "bob@a.example"}, body);
    ASSERT_TRUE(bounced(2, 1min));
    ASSERT_TRUE(until([&] { return world.events.count<SiteDown>() == 1; }, 1min));
    EXPECT_EQ(world.events.all<SiteDown>()[0].site, "domain:a.example");
    ASSERT_TRUE(delivered(1, 3h));
    EXPECT_EQ(peer.messages().size(), 1U);
    EXPECT_EQ(world.events.count<SiteUp>(), 1U);
    EXPECT_EQ(world.events.count<Bounced>(), 2U);
}

TEST_F(Remote, tls_is_used_when_it_is_offered_and_works) {
    world.sim.tls().put_certificate("good.pem", SimCertificate{"mx1.a.example", {}, false});
    world.sim.tls().put_certificate("bad.pem", SimCertificate{"mx1.b.example", {}, true});
    auto& good = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    auto& bad = sink("203.0.113.2", {.tls_certificate = "bad.pem"});
    domain("a.example", {"203.0.113.1"});
    domain("b.example", {"203.0.113.2"});
    start();
    world.accept("ann@c.example", {"bob@a.example", "cid@b.example"}, body);
    ASSERT_TRUE(delivered(2, 5min));
    EXPECT_TRUE(good.messages()[0].tls);
    EXPECT_FALSE(bad.messages()[0].tls);
    EXPECT_EQ(world.events.count<TlsFailed>(), 1U);
    EXPECT_EQ(bad.visits().size(), 2U);
}

TEST_F(Remote, an_internationalised_address_fails_clearly_at_a_peer_that_cannot_take_it) {
    auto& peer = sink("203.0.113.1", {.smtputf8 = false});
    domain("a.example", {"203.0.113.1"});
    start();
    Envelope envelope = envelope_from("ann@b.example");
    envelope.smtputf8 = true;
    ASSERT_TRUE(
        world.try_accept(envelope, recipients_of({"j\xC3\xBCrgen@a.example", "bob@a.example"}), body));
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.status()->text(), "5.6.7");
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_THAT(peer.messages()[0].recipients, ElementsAre("bob@a.example"));
}

TEST_F(Remote, a_message_above_the_peers_size_fails_without_being_sent) {
    auto& peer = sink("203.0.113.1", {.size_max = 1000});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, "Subject: x\r\n\r\n" + std::string(1000, 'a') + "\r\n");
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.status()->text(), "5.3.4");
    EXPECT_TRUE(peer.messages().empty());
}

// RFC 3464 §2.3.6: Remote-MTA is who said it.
TEST_F(Remote, what_was_decided_here_is_not_reported_as_the_hosts_words) {
    sink("203.0.113.1", {.size_max = 1000});
    sink("203.0.113.2", {.smtputf8 = false});
    sink("203.0.113.3", {.unknown = {"bob@c.example"}});
    domain("a.example", {"203.0.113.1"});
    domain("b.example", {"203.0.113.2"});
    domain("c.example", {"203.0.113.3"});
    start();
    world.accept("ann@z.example", {"bob@a.example"}, "Subject: x\r\n\r\n" + std::string(1000, 'a') + "\r\n");
    world.accept("ann@z.example", {"j\xC3\xBCrgen@b.example"}, body);
    world.accept("ann@z.example", {"bob@c.example"}, body);
    Envelope binary = envelope_from("ann@z.example");
    binary.body = Body::BinaryMime;
    ASSERT_TRUE(world.try_accept(binary, recipients_of({"cid@c.example"}), body));
    ASSERT_TRUE(bounced(4, 1min));
    std::map<std::string, std::string> said_by;
    std::vector<OwedReport> all;  // none comes again while it is held
    for (int i = 0; i < 4; ++i) {
        auto owed = world.next_owed();
        ASSERT_TRUE(owed);
        said_by[owed->recipients.at(0).address] = owed->recipients.at(0).host;
        all.push_back(*std::move(owed));
    }
    EXPECT_THAT(said_by, UnorderedElementsAre(
                             std::pair("bob@a.example", ""), std::pair("j\xC3\xBCrgen@b.example", ""),
                             std::pair("cid@c.example", ""), std::pair("bob@c.example", "mx1.c.example")));
}

TEST_F(Remote, recipients_beyond_the_peers_limit_go_at_once_in_another_transaction) {
    auto& peer = sink("203.0.113.1");
    peer.behaviour().troubles = {
        {SinkStage::Rcpt, SinkAction::Reply, "452 4.5.3 Too many recipients", {}, 3}};
    domain("a.example", {"203.0.113.1"});
    start();
    std::vector<std::string> recipients;
    for (int i = 0; i < 12; ++i) recipients.push_back("r" + std::to_string(i) + "@a.example");
    world.accept("ann@b.example", recipients, body);
    ASSERT_TRUE(delivered(12, 2h));
    std::size_t taken = 0;
    for (const SunkMessage& message : peer.messages()) taken += message.recipients.size();
    EXPECT_EQ(taken, 12U);
    EXPECT_GT(peer.messages().size(), 1U);
}

TEST_F(Remote, a_large_message_arrives_whole) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    std::string large = "Subject: x\r\n\r\n";
    for (int i = 0; large.size() < 1'000'000; ++i) large += std::to_string(i) + " a line of text\r\n..\r\n";
    world.accept("ann@b.example", {"bob@a.example"}, large);
    ASSERT_TRUE(delivered(1, 10min));
    EXPECT_TRUE(peer.messages()[0].text == large);
}

class TwoReactors : public DeliveryWorld {
protected:
    TwoReactors() : DeliveryWorld({.reactors = 2}) {}
};

TEST_F(TwoReactors, sites_live_on_all_reactors_and_everything_arrives) {
    world.settings.delivery.connections_per_site = 3;
    std::vector<SmtpSink*> peers;
    for (int i = 1; i <= 6; ++i) {
        const std::string n = std::to_string(i);
        peers.push_back(&sink("203.0.113." + n));
        domain("d" + n + ".example", {"203.0.113." + n});
    }
    start();
    for (int i = 0; i < 120; ++i)
        world.accept("ann@b.example", {"bob@d" + std::to_string(i % 6 + 1) + ".example"}, body);
    ASSERT_TRUE(delivered(120, 10min));
    for (const SmtpSink* peer : peers) EXPECT_EQ(peer->messages().size(), 20U);
}

TEST_F(Remote, domains_with_the_same_mx_hosts_share_connections_and_transactions) {
    auto& peer = sink("203.0.113.1");
    world.sim.dns().address("mx.host.example", {"203.0.113.1"});
    for (const char* name : {"a.example", "b.example", "c.example"})
        world.sim.dns().mx(name, {{10, "mx.host.example"}});
    start();
    // The first transaction keeps the only connection busy, so that what comes meanwhile waits together.
    peer.behaviour().troubles = {{SinkStage::FinalDot, SinkAction::Drip, {}, first(10s), 1}};
    world.settings.delivery.connections_per_site = 1;
    world.accept("ann@z.example", {"first@a.example"}, body);
    world.sim.run_for(11s);
    world.accept("ann@z.example", {"bob@a.example", "cid@b.example", "dan@c.example"}, body);
    ASSERT_TRUE(delivered(4, 30min));
    EXPECT_EQ(peer.visits().size(), 1U);
    EXPECT_LE(peer.messages().size(), 4U);
}

}  // namespace
}  // namespace cursus
