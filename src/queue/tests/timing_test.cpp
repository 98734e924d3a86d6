// FUTURERELEASE, DELIVERBY and MT-PRIORITY in the queue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "queue/lifetimes.h"
#include "queue/tests/told_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;

using Lines = std::vector<std::string>;

class TimedQueue : public testing::Test, public ToldWorld {
protected:
    void SetUp() override { open(); }
    MessageId timed(Duration hold, std::optional<DeliverWithin> by, Notify notify = {}) {
        auto envelope = envelope_from("ann@a.example");
        if (hold > 0s) envelope.not_before = sim.wall_now() + std::chrono::floor<std::chrono::seconds>(hold);
        if (by) envelope.deliver_by = DeliverBy{sim.wall_now() + by->time, by->mode, by->trace};
        auto recipients = recipients_of({"bob@b.example"});
        recipients[0].notify = notify;
        const auto id = try_accept(std::move(envelope), std::move(recipients), "x\r\n");
        EXPECT_TRUE(id);
        return id.value_or(MessageId());
    }
    static DeliverWithin returned(std::chrono::seconds time) { return {time, ByMode::Return, false}; }
    static DeliverWithin notified(std::chrono::seconds time) { return {time, ByMode::Notify, false}; }
};

// RFC 4865: whoever asks for a release in ten days does not want it to be too old by then.
TEST_F(TimedQueue, what_is_held_is_warned_of_and_given_up_as_if_it_came_at_its_release) {
    timed(24h * 10, {});
    EXPECT_EQ(told(24h * 20, 24h * 365), (Lines{"warned bob@b.example 244h0", "failed bob@b.example 360h0"}));
    EXPECT_EQ(until["bob@b.example"], 24h * 15);
    expect_empty_store();
}

TEST_F(TimedQueue, what_is_held_stays_so_across_restarts_and_at_an_operators_word) {
    const auto id = timed(24h, {});
    reopen();
    EXPECT_FALSE(next(12h));
    const QueueFilter filter{.message = id, .destination_domain = {}, .sender = {}};
    const auto step = sim.run(queue->retry_now(filter, ""));
    ASSERT_TRUE(step);
    EXPECT_FALSE(next(11h + 59min));
    EXPECT_TRUE(next(2min));
}

TEST_F(TimedQueue, a_listing_says_what_is_held_until_when) {
    auto envelope = envelope_from("ann@a.example");
    envelope.not_before = sim.wall_now() + 2h;
    envelope.deliver_by = DeliverBy{sim.wall_now() + 3h, ByMode::Return, false};
    envelope.priority = -2;
    ASSERT_TRUE(try_accept(envelope, recipients_of({"bob@b.example"}), "x\r\n"));
    auto page = queue->list({}, "", 10);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->recipients.size(), 1U);
    EXPECT_EQ(page->recipients[0].release, envelope.not_before);
    EXPECT_EQ(page->recipients[0].due, envelope.not_before);
    EXPECT_EQ(page->recipients[0].deliver_by, envelope.deliver_by);
    EXPECT_EQ(page->recipients[0].priority, -2);
    sim.run_for(2h);
    page = queue->list({}, "", 10);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->recipients[0].release, std::nullopt) << "released";
}

// RFC 2852 §4.1.3.
TEST_F(TimedQueue, return_fails_when_its_time_has_passed_and_is_not_tried_again) {
    timed(0s, returned(20h));
    auto work = next_work();
    ASSERT_TRUE(work);
    settle(*work, SettledDeferred{"mx", busy_reply});
    EXPECT_EQ(told(24h * 10, 24h * 365), (Lines{"warned bob@b.example 4h0", "failed bob@b.example 20h0"}));
    EXPECT_THAT(replies,
                ElementsAre("451 4.3.0 Busy", StartsWith("554 5.4.7 The time to deliver it by has")));
    EXPECT_THAT(replies.back(), testing::HasSubstr("451 4.3.0 Busy"));
    EXPECT_FALSE(next(24h));
    expect_empty_store();
}

TEST_F(TimedQueue, return_in_a_short_time_is_told_of_within_seconds) {
    timed(0s, returned(60s));
    const auto owed = next_owed();
    ASSERT_TRUE(owed);
    const auto age = sim.wall_now() - owed->envelope->arrived;
    EXPECT_GE(age, 60s);
    EXPECT_LE(age, 63s);
}

TEST_F(TimedQueue, return_does_not_prolong_what_retry_says) {
    timed(0s, returned(24h * 30));
    EXPECT_EQ(told(24h * 40, 24h * 365), (Lines{"warned bob@b.example 4h0", "failed bob@b.example 120h0"}));
    EXPECT_THAT(replies, ElementsAre()) << "expired, as any other message";
}

TEST_F(TimedQueue, a_deferral_that_comes_after_its_time_is_the_end) {
    timed(0s, returned(1h));
    auto work = next_work();
    ASSERT_TRUE(work);
    sim.run_for(2h);
    EXPECT_EQ(events.count<Bounced>(), 0U) << "somebody is at work on it";
    settle(*work, SettledDeferred{"mx", busy_reply});
    ASSERT_EQ(events.count<Bounced>(), 1U);
    EXPECT_EQ(events.all<Bounced>()[0].reply.status(), (Status{5, 4, 7}));
}

TEST_F(TimedQueue, notify_is_told_of_when_its_time_has_passed_and_tried_further) {
    timed(0s, notified(30h));
    EXPECT_EQ(told(24h * 10, 24h * 365),
              (Lines{"warned bob@b.example 4h0", "warned bob@b.example 30h0", "failed bob@b.example 120h0"}));
    EXPECT_THAT(replies, ElementsAre(StartsWith("451 4.4.7 The time to deliver it by has passed")));
}

TEST_F(TimedQueue, notify_keeps_its_times_across_restarts) {
    timed(0s, notified(30h));
    EXPECT_EQ(told(24h * 10, 30min),
              (Lines{"warned bob@b.example 4h0", "warned bob@b.example 30h0", "failed bob@b.example 120h0"}));
    expect_empty_store();
}

TEST_F(TimedQueue, notify_says_nothing_to_whoever_wants_to_hear_nothing) {
    timed(0s, notified(1h), Notify{.is_set = true, .failure = true});
    EXPECT_EQ(told(24h * 10, 24h * 365), (Lines{"failed bob@b.example 120h0"}));
}

TEST_F(TimedQueue, notify_of_a_time_that_had_passed_before_is_not_told_again) {
    timed(0s, notified(-60s));
    EXPECT_EQ(told(24h, 24h * 365), (Lines{"warned bob@b.example 4h0"}));
}

TEST_F(TimedQueue, notify_of_a_time_that_passed_while_the_message_came_is_told_at_once) {
    auto envelope = envelope_from("ann@a.example");
    envelope.arrived = sim.wall_now() - 5min;
    envelope.deliver_by = DeliverBy{sim.wall_now() - 3min, ByMode::Notify, false};
    ASSERT_TRUE(try_accept(envelope, recipients_of({"bob@b.example"}), "x\r\n"));
    const auto begin = sim.now();
    const auto owed = next_owed();
    ASSERT_TRUE(owed);
    EXPECT_EQ(owed->kind, OwedKind::Delayed);
    EXPECT_LE(sim.now() - begin, 3s);
    ASSERT_EQ(owed->recipients.size(), 1U);
    EXPECT_EQ(owed->recipients[0].reply->status(), (Status{4, 4, 7}));
    sim.run(queue->forgive(*owed));
    EXPECT_EQ(told(24h, 24h * 365), (Lines{"warned bob@b.example 4h0"})) << "and not again";
}

TEST_F(TimedQueue, a_release_and_a_time_to_deliver_by_go_together) {
    timed(24h, returned(48h));
    EXPECT_EQ(told(24h * 10, 24h * 365), (Lines{"warned bob@b.example 28h0", "failed bob@b.example 48h0"}));
}

// RFC 2852 §4.1.4.
TEST_F(TimedQueue, what_was_relayed_is_told_unless_notify_is_never) {
    timed(0s, notified(1h));
    settle(*next_work(), SettledRelayed{"mx.b.example", accepted_reply});
    {
        const auto owed = next_owed();
        ASSERT_TRUE(owed);
        EXPECT_EQ(owed->kind, OwedKind::Relayed);
        ASSERT_EQ(owed->recipients.size(), 1U);
        EXPECT_EQ(owed->recipients[0].host, "mx.b.example");
        EXPECT_EQ(owed->recipients[0].reply, accepted_reply);
    }
    reopen();
    const auto again = next_owed();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->kind, OwedKind::Relayed) << "after a restart, too";
    sim.run(queue->forgive(*again));
    timed(0s, notified(1h), Notify{.is_set = true});
    settle(*next_work(), SettledRelayed{"mx.b.example", accepted_reply});
    expect_empty_store();
}

RecipientRecord recipient_record() {
    return {.address = mailbox("bob@b.example"),
            .original = {},
            .notify = {},
            .state = RecipientState::Due,
            .attempts = 0,
            .due = {},
            .destination = {},
            .last = {},
            .parent = {},
            .held = {}};
}

TEST(Times, of_what_nobody_asked_for_are_the_usual_ones) {
    const Lifetimes lifetimes{Settings{}};
    Envelope envelope;
    EXPECT_TRUE(lifetimes.times_of(envelope, recipient_record()).are_usual);
    envelope.not_before = WallTime(1h);
    EXPECT_FALSE(lifetimes.times_of(envelope, recipient_record()).are_usual);
}

TEST(Times, at_the_ends_of_time_do_not_overflow) {
    const Lifetimes lifetimes{Settings{}};
    Envelope envelope;
    envelope.not_before = WallTime::max();
    envelope.deliver_by = DeliverBy{WallTime::max(), ByMode::Notify, false};
    const auto times = lifetimes.times_of(envelope, recipient_record());
    EXPECT_EQ(times.give_up_at, WallTime::max());
    EXPECT_EQ(times.next_after(WallTime{}), WallTime::max());
}

}  // namespace
}  // namespace cursus
