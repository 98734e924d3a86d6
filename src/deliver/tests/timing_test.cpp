// What senders ask of the time of delivery, on the way to other hosts.
#include "deliver/timing.h"

#include <gmock/gmock.h>

#include "deliver/dsn_parameters.h"
#include "deliver/tests/delivery_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* short_message = "Subject: x\r\n\r\nHello\r\n";

class TimedDelivery : public DeliveryWorld {
protected:
    void send(DeliverWithin by, std::int8_t priority = 0, Duration hold = {}) {
        auto envelope = envelope_from("ann@b.example");
        const WallTime now = world.sim.wall_now();
        envelope.deliver_by = DeliverBy{now + by.time, by.mode, by.trace};
        if (hold > 0s) envelope.not_before = now + std::chrono::floor<std::chrono::seconds>(hold);
        envelope.priority = priority;
        ASSERT_TRUE(world.try_accept(std::move(envelope), recipients_of({"bob@a.example"}), short_message));
    }
    std::string last_bounce() { return world.events.all<Bounced>().back().reply.one_line(); }
};

constexpr DeliverWithin return_in_an_hour{1h, ByMode::Return, false};
constexpr DeliverWithin notify_in_an_hour{1h, ByMode::Notify, false};

TEST_F(TimedDelivery, a_host_that_announces_deliverby_is_told_what_is_left) {
    auto& peer = sink("203.0.113.1", {.extensions = {"DELIVERBY 60", "MT-PRIORITY"}});
    domain("a.example", {"203.0.113.1"});
    start();
    send(return_in_an_hour, -3, 10min);
    ASSERT_TRUE(delivered(1, 2h));
    EXPECT_GE(peer.messages()[0].at - Instant{}, 10min) << "not before its release";
    EXPECT_THAT(peer.messages()[0].mail_parameters,
                testing::MatchesRegex(".*BY=2[0-9][0-9][0-9];R MT-PRIORITY=-3"));
    EXPECT_FALSE(world.sim.run_until([&] { return world.keys("o") > 0; }, 1min)) << "no report";
}

TEST_F(TimedDelivery, return_is_not_relayed_to_a_host_that_does_not_announce_deliverby) {
    auto& peer = sink("203.0.113.1");
    domain("a.example", {"203.0.113.1"});
    start();
    send(return_in_an_hour);
    ASSERT_TRUE(bounced(1, 10min));
    EXPECT_THAT(last_bounce(), HasSubstr("554 5.3.3 "));
    EXPECT_TRUE(peer.messages().empty());
    EXPECT_EQ(world.events.count<SiteDown>(), 0U);
}

TEST_F(TimedDelivery, return_is_not_relayed_to_a_host_that_wants_more_time) {
    auto& peer = sink("203.0.113.1", {.extensions = {"DELIVERBY 3601"}});
    domain("a.example", {"203.0.113.1"});
    start();
    send(return_in_an_hour);
    ASSERT_TRUE(bounced(1, 10min));
    EXPECT_THAT(last_bounce(), HasSubstr("554 5.4.7 "));
    EXPECT_TRUE(peer.messages().empty());
}

TEST_F(TimedDelivery, return_fails_in_time_while_the_host_is_down) {
    domain("a.example", {"203.0.113.1"});  // nobody is there
    start();
    send(return_in_an_hour);
    ASSERT_TRUE(bounced(1, 1h + 2min));
    EXPECT_THAT(last_bounce(), HasSubstr("554 5.4.7 "));
    auto& peer = sink("203.0.113.1", {.extensions = {"DELIVERBY"}});
    world.sim.run_for(24h * 6);
    EXPECT_TRUE(peer.messages().empty());
}

TEST_F(TimedDelivery, notify_is_tried_for_days_and_passed_on_with_the_time_that_has_passed) {
    domain("a.example", {"203.0.113.1"});
    start();
    send(notify_in_an_hour);
    world.sim.run_for(24h * 2);
    EXPECT_EQ(world.events.count<DelayWarned>(), 2U) << "after an hour, and as any other message";
    auto& peer = sink("203.0.113.1", {.extensions = {"DELIVERBY 60"}});
    ASSERT_TRUE(delivered(1));
    EXPECT_THAT(peer.messages()[0].mail_parameters, HasSubstr("BY=-"));
}

TEST_F(TimedDelivery, notify_is_relayed_to_any_host_and_its_sender_told) {
    auto& peer = sink("203.0.113.1", {.extensions = {"DSN"}});
    domain("a.example", {"203.0.113.1"});
    start();
    send(notify_in_an_hour);
    ASSERT_TRUE(delivered(1, 10min));
    EXPECT_EQ(peer.messages()[0].mail_parameters, "");
    const auto owed = world.next_owed();
    ASSERT_TRUE(owed);
    EXPECT_EQ(owed->kind, OwedKind::Relayed);
    EXPECT_EQ(owed->recipients.at(0).host, "mx1.a.example");
}

// No message may wait behind what is less urgent, RFC 6710 §5.1.
TEST_F(TimedDelivery, what_is_urgent_goes_before_what_came_earlier_to_a_busy_host) {
    world.settings.delivery.connections_per_site = 1;
    auto& peer =
        sink("203.0.113.1", {.troubles = {{SinkStage::Greeting, SinkAction::Drip, "", first(1min), 1}}});
    domain("a.example", {"203.0.113.1"});
    start();
    std::map<std::string, std::int8_t> priority_of;
    for (int i = 0; i < 300; ++i) {
        auto envelope = envelope_from("s" + std::to_string(i) + "@b.example");
        envelope.priority = static_cast<std::int8_t>(i * 7 % 19 - 9);
        priority_of["s" + std::to_string(i) + "@b.example"] = envelope.priority;
        ASSERT_TRUE(world.try_accept(std::move(envelope), recipients_of({"bob@a.example"}), short_message));
    }
    ASSERT_TRUE(delivered(300, 2h));
    std::vector<std::int8_t> order;
    for (const auto& message : peer.messages()) order.push_back(priority_of.at(message.sender));
    ASSERT_EQ(order.size(), 300U) << "the least urgent, too";
    // What the site had been handed before the rest came is on its way already.
    constexpr std::ptrdiff_t handed_out_max = 20;
    EXPECT_TRUE(std::is_sorted(order.begin() + handed_out_max, order.end(), std::greater<>{}));
}

class Timing : public testing::Test {
protected:
    void SetUp() override { envelope.deliver_by = DeliverBy{now + 100s, ByMode::Return, false}; }
    std::string refusal(Dialect dialect = Dialect::Smtp) const {
        const auto reply = cannot_keep_time(envelope, peer, dialect, now);
        return reply ? reply->one_line().substr(0, 9) : "";
    }
    const WallTime now = WallTime(1000h);
    Envelope envelope;
    Extensions peer;
};

TEST_F(Timing, of_return_must_be_kept_by_the_next_host) {
    EXPECT_EQ(refusal(), "554 5.3.3");
    EXPECT_EQ(refusal(Dialect::Lmtp), "") << "that is delivery";
    peer.deliver_by = 0s;
    EXPECT_EQ(refusal(), "");
    peer.deliver_by = 100s;
    EXPECT_EQ(refusal(), "");
    peer.deliver_by = 101s;
    EXPECT_EQ(refusal(), "554 5.4.7");
    envelope.deliver_by->mode = ByMode::Notify;
    EXPECT_EQ(refusal(), "");
    envelope.deliver_by.reset();
    peer.deliver_by.reset();
    EXPECT_EQ(refusal(), "");
}

TEST_F(Timing, of_return_ends_with_its_last_whole_second) {
    peer.deliver_by = 0s;
    EXPECT_FALSE(too_late(envelope, now + 99s));
    EXPECT_TRUE(too_late(envelope, now + 99s + 1ms));
    EXPECT_TRUE(cannot_keep_time(envelope, peer, Dialect::Lmtp, now + 100s));
    envelope.deliver_by->mode = ByMode::Notify;
    EXPECT_FALSE(too_late(envelope, now + 200s));
}

TEST_F(Timing, parameters_go_to_hosts_that_announced_them) {
    envelope.priority = 4;
    EXPECT_THAT(timing_parameters(envelope, peer, now), ElementsAre());
    peer.deliver_by = 60s;
    EXPECT_THAT(timing_parameters(envelope, peer, now + 2s), ElementsAre("BY=98;R"));
    peer.mt_priority = true;
    envelope.deliver_by.reset();
    EXPECT_THAT(timing_parameters(envelope, peer, now), ElementsAre("MT-PRIORITY=4"));
    envelope.priority = 0;
    EXPECT_THAT(timing_parameters(envelope, peer, now), ElementsAre("MT-PRIORITY=0")) << "RFC 6710 §4.2, 1)";
}

// RFC 2852 §4.1.4 and §4.1.4.2.
TEST_F(Timing, of_notify_ends_at_a_host_without_deliverby) {
    const auto told = [&](WallTime when) { return is_told_of_relaying(envelope, peer, Dialect::Smtp, when); };
    envelope.deliver_by->mode = ByMode::Notify;
    EXPECT_TRUE(told(now));
    EXPECT_FALSE(told(now + 100s)) << "its sender was told when the time passed";
    EXPECT_FALSE(is_told_of_relaying(envelope, peer, Dialect::Lmtp, now));
    envelope.deliver_by->trace = true;
    EXPECT_TRUE(told(now + 100s));
    EXPECT_FALSE(ends_promise(envelope, peer, Dialect::Smtp, now + 100s));
    peer.deliver_by = 0s;
    EXPECT_TRUE(told(now)) << "it is traced";
    envelope.deliver_by->trace = false;
    EXPECT_FALSE(told(now));
}

TEST_F(Timing, asks_the_host_where_it_ends_to_tell_of_delays) {
    DueRecipient recipient{{}, *Mailbox::parse("a@b.example"), {}, {}, 0};
    const auto asked = [&] { return dsn_recipient_parameters(recipient, false, AskForDelay::Always); };
    EXPECT_THAT(asked(), ElementsAre("NOTIFY=FAILURE,DELAY"));
    recipient.notify = {.is_set = true, .success = true};
    EXPECT_THAT(asked(), ElementsAre("NOTIFY=SUCCESS,DELAY"));
    recipient.notify = {.is_set = true};
    EXPECT_THAT(asked(), ElementsAre("NOTIFY=NEVER"));
}

}  // namespace
}  // namespace cursus
