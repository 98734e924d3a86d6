// Hosts that are down, slow, busy or broken, and what it means for their own mail and for everybody else's.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;

// Longer than what a server that breaks in the middle of a message reads of it.
const std::string message =
    "Subject: x\r\n\r\n" + std::string(900, 'x') + "\r\n" + std::string(900, 'y') + "\r\n";

class HostTrouble : public DeliveryWorld {};

// What is told of a site can be acted upon at once.
TEST_F(HostTrouble, a_retry_that_follows_the_news_of_a_site_is_heeded) {
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, "x\r\n");
    ASSERT_TRUE(until([&] { return world.events.count<SiteDown>() == 1; }, 1min));
    world.sim.run_for(20ms);
    sink("203.0.113.1");
    world.sim.run(world.queue->retry_now({}, {}));
    EXPECT_TRUE(delivered(1, 10s));
}

TEST_F(HostTrouble, an_orderly_stop_waits_for_no_mail_that_might_come) {
    sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example", "julius@rome.example"}, "x\r\n");
    ASSERT_TRUE(delivered(2, 1min));
    const auto before = world.sim.now();
    stop();
    EXPECT_LT(world.sim.now() - before, 500ms);
}

TEST_F(HostTrouble, a_host_that_is_down_for_two_days_gets_everything_when_it_is_back) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    world.sim.faults().outage(*IpAddress::parse("203.0.113.1"), Outage::BlackHole, first(48h));
    start();
    for (int i = 0; i < 50; ++i) world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(47h);
    EXPECT_TRUE(peer.messages().empty());
    EXPECT_EQ(world.events.count<Attempted>(), 0U);
    EXPECT_EQ(world.events.count<Deferred>(), 0U);
    ASSERT_TRUE(delivered(50, 6h));
    EXPECT_EQ(peer.messages().size(), 50U);
    EXPECT_EQ(world.events.count<SiteUp>(), 1U);
}

TEST_F(HostTrouble, the_cost_of_a_dead_host_does_not_grow_with_its_backlog) {
    domain("a.example", {"203.0.113.1"});
    domain("b.example", {"203.0.113.2"});
    sink("203.0.113.1");
    sink("203.0.113.2");
    world.sim.faults().outage(*IpAddress::parse("203.0.113.1"), Outage::Refused);
    world.sim.faults().outage(*IpAddress::parse("203.0.113.2"), Outage::Refused);
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    for (int i = 0; i < 200; ++i) world.accept("ann@b.example", {"bob@b.example"}, message);
    world.sim.run_for(24h);
    std::map<std::string, int> tries;
    for (const SiteDown& down : world.events.all<SiteDown>()) ++tries[down.site];
    EXPECT_EQ(tries.size(), 2U);
    EXPECT_LE(std::abs(tries["mx1.a.example:25"] - tries["mx1.b.example:25"]), 1);
}

TEST_F(HostTrouble, a_dead_host_is_tried_by_the_schedule_and_not_before) {
    world.settings.retry.schedule = {10min, 1h};
    domain("a.example", {"203.0.113.1"});
    auto& peer = sink("203.0.113.1", {.troubles = {says(SinkStage::Greeting, "450 4.3.2 Busy")}});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(5h);
    const auto& visits = peer.visits();
    ASSERT_GE(visits.size(), 5U);
    EXPECT_GE(visits[1].at - visits[0].at, 9min);
    EXPECT_LE(visits[1].at - visits[0].at, 12min);
    for (std::size_t i = 2; i < visits.size(); ++i) {
        EXPECT_GE(visits[i].at - visits[i - 1].at, 50min);
        EXPECT_LE(visits[i].at - visits[i - 1].at, 70min);
    }
}

TEST_F(HostTrouble, a_421_at_any_stage_is_got_over) {
    int n = 0;
    std::vector<SmtpSink*> peers;
    for (const SinkStage stage : {SinkStage::Greeting, SinkStage::Ehlo, SinkStage::Mail, SinkStage::Rcpt,
                                  SinkStage::Data, SinkStage::FinalDot}) {
        const std::string address = "203.0.113." + std::to_string(++n);
        peers.push_back(&sink(address, {.troubles = {says(stage, "421 4.3.2 Going down", first(30min))}}));
        domain("d" + std::to_string(n) + ".example", {address});
    }
    start();
    for (int i = 1; i <= n; ++i)
        world.accept("ann@b.example", {"bob@d" + std::to_string(i) + ".example"}, message);
    ASSERT_TRUE(delivered(6, 6h));
    for (const SmtpSink* peer : peers) EXPECT_EQ(peer->messages().size(), 1U);
    EXPECT_EQ(world.events.count<Bounced>(), 0U);
}

TEST_F(HostTrouble, a_connection_that_breaks_or_falls_silent_at_any_stage_is_got_over) {
    int n = 0;
    for (const SinkAction action : {SinkAction::Reset, SinkAction::Silence})
        for (const SinkStage stage : {SinkStage::Greeting, SinkStage::Ehlo, SinkStage::Mail, SinkStage::Rcpt,
                                      SinkStage::Data, SinkStage::Body}) {
            const std::string address = "203.0.113." + std::to_string(++n);
            sink(address, {.troubles = {{stage, action, {}, first(30min), 1}}});
            domain("d" + std::to_string(n) + ".example", {address});
        }
    start();
    for (int i = 1; i <= n; ++i)
        world.accept("ann@b.example", {"bob@d" + std::to_string(i) + ".example"}, message);
    ASSERT_TRUE(delivered(static_cast<std::size_t>(n), 6h));
    EXPECT_EQ(world.events.count<Bounced>(), 0U);
}

TEST_F(HostTrouble, a_connection_lost_after_the_final_dot_is_not_taken_for_a_delivery) {
    auto& peer = sink("203.0.113.1",
                      {.troubles = {{SinkStage::FinalDot, SinkAction::ResetForgetting, {}, first(2min), 1}}});
    auto& other = sink("203.0.113.2");
    domain("a.example", {"203.0.113.1", "203.0.113.2"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(1min);
    EXPECT_EQ(world.events.count<Delivered>(), 0U);
    ASSERT_TRUE(delivered(1, 1h));
    EXPECT_EQ(peer.messages().size(), 1U);
    EXPECT_TRUE(other.messages().empty()) << "the first host may have had it";
}

TEST_F(HostTrouble, a_message_that_breaks_every_connection_does_not_hold_up_the_others) {
    auto& peer = sink("203.0.113.1",
                      {.troubles = {{SinkStage::FinalDot, SinkAction::ResetForgetting, {}, first(1s), 1}}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"poison@a.example"}, message);
    world.sim.run_for(2s);
    world.accept("ann@b.example", {"bob@a.example"}, message);
    ASSERT_TRUE(delivered(2, 1h));
    EXPECT_THAT(peer.messages()[0].recipients, ElementsAre("bob@a.example"));
}

class SeveralHosts : public DeliveryWorld {
protected:
    SmtpSink& best(SinkBehaviour behaviour = {}) {
        domain("a.example", {"203.0.113.1", "203.0.113.2"});
        second = &sink("203.0.113.2");
        taken_before = second->messages().size();
        visited_before = second->visits().size();
        return sink("203.0.113.1", std::move(behaviour));
    }
    void send() { world.accept("ann@b.example", {"bob@a.example"}, message); }
    std::size_t taken_by_second() const { return second->messages().size() - taken_before; }
    SmtpSink* second = nullptr;
    std::size_t taken_before = 0, visited_before = 0;
};

TEST_F(SeveralHosts, the_best_preference_gets_the_mail) {
    auto& peer = best();
    start();
    for (int i = 0; i < 10; ++i) send();
    ASSERT_TRUE(delivered(10, 5min));
    EXPECT_EQ(peer.messages().size(), 10U);
    EXPECT_EQ(second->visits().size(), visited_before);
}

TEST_F(SeveralHosts, the_next_host_takes_over_from_one_that_cannot_be_reached) {
    for (const Outage outage : {Outage::Refused, Outage::Unreachable, Outage::BlackHole}) {
        best();
        world.sim.faults().clear();
        world.sim.faults().outage(*IpAddress::parse("203.0.113.1"), outage);
        start();
        send();
        const auto before = world.events.count<Delivered>();
        ASSERT_TRUE(delivered(before + 1, 2min));
        EXPECT_EQ(taken_by_second(), 1U);
        stop();
    }
}

TEST_F(SeveralHosts, the_next_host_takes_over_from_one_that_does_not_serve) {
    for (const char* greeting :
         {"421 4.3.2 Closing", "450 4.3.2 Busy", "554 5.3.2 No service", "521 5.3.2 Never"}) {
        best({.troubles = {says(SinkStage::Greeting, greeting)}});
        start();
        const auto before = world.events.count<Delivered>();
        send();
        ASSERT_TRUE(delivered(before + 1, 2min)) << greeting;
        EXPECT_EQ(taken_by_second(), 1U);
        stop();
    }
}

TEST_F(SeveralHosts, the_next_host_takes_over_a_message_that_the_best_one_refuses_for_now) {
    using enum SinkStage;
    for (const SinkTrouble& trouble :
         {says(Mail, "421 4.3.2 Closing"), says(Mail, "451 4.3.0 Busy"), says(Rcpt, "450 4.2.0 Busy"),
          says(Data, "451 4.3.0 Busy"), says(FinalDot, "452 4.3.1 Full"),
          says(FinalDot, "421 4.3.2 Closing")}) {
        best({.troubles = {trouble}});
        start();
        const auto before = world.events.count<Delivered>();
        send();
        ASSERT_TRUE(delivered(before + 1, 2min)) << trouble.reply;
        EXPECT_EQ(taken_by_second(), 1U) << trouble.reply;
        EXPECT_EQ(world.events.count<Deferred>(), 0U);
        stop();
    }
}

TEST_F(SeveralHosts, the_next_host_takes_over_a_message_over_which_the_best_one_breaks_in_its_middle) {
    best({.troubles = {{SinkStage::Body, SinkAction::Reset, {}, {}, 1}}});
    start();
    std::string large = "Subject: x\r\n\r\n";
    while (large.size() < 1'000'000) large += "a line of the message\r\n";
    world.accept("ann@b.example", {"bob@a.example"}, large);
    ASSERT_TRUE(delivered(1, 2min));
    EXPECT_EQ(taken_by_second(), 1U);
    EXPECT_EQ(world.events.count<Deferred>(), 0U);
}

// What one host has refused for now says nothing of the next.
TEST_F(SeveralHosts, the_next_host_takes_over_a_recipient_whom_the_best_one_had_refused_before_it_went) {
    auto& peer = best({.full = {"bob@a.example"}, .extensions = {"LIMITS MAILMAX=1 RCPTMAX=1"}});
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"}, message);
    ASSERT_TRUE(until([&] { return world.events.count<Attempted>() == 1; }, 1min));
    peer.behaviour().troubles = {says(SinkStage::Greeting, "421 4.3.2 Closing")};
    ASSERT_TRUE(delivered(2, 1min));
    EXPECT_EQ(world.events.count<Deferred>(), 0U);
    EXPECT_EQ(second->count_for("bob@a.example"), 1U);
}

TEST_F(SeveralHosts, a_host_is_offered_a_recipient_it_refused_for_now_only_once) {
    auto& peer =
        best({.full = {"bob@a.example", "cid@a.example"}, .extensions = {"LIMITS MAILMAX=1 RCPTMAX=1"}});
    start();
    world.accept("ann@b.example", {"bob@a.example", "cid@a.example"}, message);
    ASSERT_TRUE(delivered(2, 1min));
    EXPECT_EQ(peer.visits().size(), 2U) << "one for each";
    EXPECT_EQ(taken_by_second(), 1U);
}

TEST_F(SeveralHosts, a_permanent_refusal_ends_it) {
    using enum SinkStage;
    for (const SinkTrouble& trouble : {says(Mail, "550 5.7.1 No"), says(Rcpt, "550 5.1.1 Nobody"),
                                       says(Data, "554 5.3.0 No"), says(FinalDot, "554 5.6.0 No")}) {
        best({.troubles = {trouble}});
        start();
        const auto before = world.events.count<Bounced>();
        send();
        ASSERT_TRUE(bounced(before + 1, 2min)) << trouble.reply;
        EXPECT_EQ(second->visits().size(), visited_before) << trouble.reply;
        stop();
    }
}

TEST_F(SeveralHosts, a_domain_whose_every_host_says_never_fails_at_once) {
    best({.troubles = {says(SinkStage::Greeting, "521 5.3.2 Never")}});
    second->behaviour().troubles = {says(SinkStage::Greeting, "521 5.3.2 Never")};
    start();
    send();
    ASSERT_TRUE(bounced(1, 2min));
}

TEST_F(SeveralHosts, a_host_that_only_now_and_then_fails_keeps_its_place) {
    auto& peer = best({.troubles = {{SinkStage::Mail, SinkAction::Reply, "421 4.3.2 Enough", {}, 5}}});
    start();
    for (int i = 0; i < 100; ++i) send();
    ASSERT_TRUE(delivered(100, 30min));
    EXPECT_GT(peer.messages().size(), 50U);
    EXPECT_EQ(peer.messages().size() + taken_by_second(), 100U);
}

class Fairness : public DeliveryWorld {};

TEST_F(Fairness, dead_and_slow_sites_delay_nobody_else) {
    world.settings.delivery.connections = 12;
    for (int i = 1; i <= 100; ++i) {
        const std::string n = std::to_string(i);
        domain("dead" + n + ".example", {"198.51.100." + n});
        world.sim.machine("198.51.100." + n);
        world.sim.faults().outage(*IpAddress::parse("198.51.100." + n), Outage::BlackHole);
    }
    sink("203.0.113.1", {.troubles = {{SinkStage::Rcpt, SinkAction::Drip, {}, {}, 1}}});
    auto& good = sink("203.0.113.2");
    domain("slow.example", {"203.0.113.1"});
    domain("good.example", {"203.0.113.2"});
    start();
    for (int i = 1; i <= 100; ++i)
        world.accept("ann@b.example", {"bob@dead" + std::to_string(i) + ".example"}, message);
    for (int i = 0; i < 200; ++i) world.accept("ann@b.example", {"bob@slow.example"}, message);
    world.sim.run_for(2h);  // by now it is known who is dead
    for (int i = 0; i < 20; ++i) world.accept("ann@b.example", {"bob@good.example"}, message);
    ASSERT_TRUE(until([&] { return good.messages().size() == 20; }, 30s));
}

class Stopping : public DeliveryWorld {};

TEST_F(Stopping, transactions_in_flight_end_and_the_rest_is_delivered_after_the_restart) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    world.sim.faults().slow(*IpAddress::parse("203.0.113.1"), 2000);
    start();
    for (int i = 0; i < 40; ++i)
        world.accept("ann@b.example", {"bob@a.example"},
                     "Subject: x\r\n\r\n" + std::string(900, 'a') + "\r\n");
    ASSERT_TRUE(until([&] { return peer.messages().size() >= 3; }));
    const Instant before = world.sim.now();
    stop();
    EXPECT_LE(world.sim.now() - before, site_stop_grace + connect_timeout);
    world.sim.faults().clear();
    start();
    ASSERT_TRUE(delivered(40, 1h));
    EXPECT_EQ(peer.messages().size(), 40U);
}

TEST_F(Stopping, a_peer_that_says_nothing_does_not_hold_up_the_stop) {
    sink("203.0.113.1", {.troubles = {{SinkStage::FinalDot, SinkAction::Silence, {}, {}, 1}}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(30s);
    const Instant before = world.sim.now();
    stop();
    EXPECT_LE(world.sim.now() - before, site_stop_grace + 5s);
}

// At the end of the grace it is connecting, and speaks to nobody whom it could leave.
TEST_F(Stopping, a_peer_that_took_long_to_reach_does_not_hold_up_the_stop) {
    auto& peer = sink("203.0.113.1", {.troubles = {{SinkStage::Greeting, SinkAction::Silence, {}, {}, 1}}});
    domain("a.example", {"203.0.113.1"});
    world.sim.fabric().set_latency(14s, 14s);
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(1s);
    const Instant before = world.sim.now();
    stop();
    EXPECT_EQ(peer.visits().size(), 1U);
    EXPECT_GT(world.sim.now() - before, site_stop_grace);
    EXPECT_LE(world.sim.now() - before, connect_timeout + 5s);
}

TEST_F(Stopping, a_back_off_is_remembered_over_a_restart) {
    world.settings.retry.schedule = {1h};
    auto& peer = sink("203.0.113.1", {.troubles = {says(SinkStage::Greeting, "450 4.3.2 Busy")}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(1min);
    EXPECT_EQ(peer.visits().size(), 1U);
    stop();
    start();
    world.sim.run_for(30min);
    EXPECT_EQ(peer.visits().size(), 1U);
    world.sim.run_for(45min);
    EXPECT_EQ(peer.visits().size(), 2U);
}

TEST_F(HostTrouble, an_operator_can_have_a_host_tried_before_its_time) {
    world.settings.retry.schedule = {4h};
    auto& peer =
        sink("203.0.113.1", {.troubles = {says(SinkStage::Greeting, "450 4.3.2 Busy", first(30min))}});
    domain("a.example", {"203.0.113.1"});
    start();
    world.accept("ann@b.example", {"bob@a.example"}, message);
    world.sim.run_for(1h);
    EXPECT_EQ(peer.visits().size(), 1U);
    ASSERT_TRUE(world.sim.run(world.queue->retry_now({}, {})));
    ASSERT_TRUE(delivered(1, 1min));
}

}  // namespace
}  // namespace cursus
