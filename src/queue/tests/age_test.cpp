// Messages that grow old, and the reports that are owed for it.
#include <gtest/gtest.h>

#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class AgeTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }

    void submit(const std::string& sender, const std::string& recipient, Notify notify) {
        auto recipients = recipients_of({recipient});
        recipients[0].notify = notify;
        recipients[0].original = "rfc822;" + recipient;
        ASSERT_TRUE(try_accept(envelope_from(sender), std::move(recipients), "x\r\n"));
    }
    // What is owed within a minute.
    std::vector<OwedReport> all_owed() {
        auto found = std::make_shared<std::vector<OwedReport>>();
        start(collect(*queue, found));
        sim.run_for(1s);
        return *found;
    }
    static Task<void> collect(Queue& queue, std::shared_ptr<std::vector<OwedReport>> found) {
        for (;;) {
            auto owed = co_await queue.next_owed();
            if (!owed) co_return;
            found->push_back(*std::move(owed));
        }
    }
    MessageId pay(const OwedReport& owed) {
        auto envelope = envelope_from("");
        envelope.service = "report";
        const auto to = std::get<Mailbox>(owed.envelope->sender);
        auto id = sim.run(queue->pay(owed, std::move(envelope), {.address = to, .original = {}, .notify = {}},
                                     "report\r\n"));
        EXPECT_TRUE(id);
        return id.value_or(MessageId());
    }
};

TEST_F(AgeTest, a_failure_is_owed_in_the_same_batch_and_survives_until_it_is_paid) {
    const auto id = accept("ann@a.example", {"bob@b.example"}, "Subject: lost\r\n\r\n");
    settle(*next_work(), SettledFailed{"mx.b.example", unknown_reply});
    EXPECT_EQ(events.count<Bounced>(), 1u);
    EXPECT_EQ(events.count<Completed>(), 0u);
    EXPECT_EQ(keys("x"), 0u);
    reopen();
    auto owed = next_owed();
    ASSERT_TRUE(owed);
    EXPECT_EQ(owed->message, id);
    EXPECT_EQ(owed->kind, OwedKind::Failed);
    ASSERT_EQ(owed->recipients.size(), 1u);
    EXPECT_EQ(owed->recipients[0].address, "bob@b.example");
    EXPECT_EQ(owed->recipients[0].host, "mx.b.example");
    EXPECT_EQ(owed->recipients[0].reply, unknown_reply);
    EXPECT_EQ(body_of(*owed->body), "Subject: lost\r\n\r\n");
    const auto report = pay(*owed);
    owed.reset();
    EXPECT_EQ(keys("o"), 0u);
    EXPECT_EQ(keys("m"), 1u) << "the report; the message is gone";
    EXPECT_EQ(events.count<Completed>(), 1u);
    auto work = next_work();
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, report);
    EXPECT_EQ(work->recipients[0].address, mailbox("ann@a.example"));
    EXPECT_TRUE(std::holds_alternative<NullPath>(work->envelope->sender));
    settle(*work, SettledFailed{"mx.a.example", unknown_reply});
    EXPECT_TRUE(all_owed().empty()) << "no report about a report";
    expect_empty_store();
}

TEST_F(AgeTest, recipients_that_fail_together_are_one_report) {
    accept("ann@a.example", {"b1@b.example", "b2@b.example", "b3@b.example"});
    auto work = next_work();
    std::vector<Settlement> settlements;
    for (const auto& recipient : work->recipients)
        settlements.push_back({recipient.key, SettledFailed{"mx", unknown_reply}});
    settlements[1].outcome = SettledDelivered{};
    sim.run(queue->settle(std::move(settlements)));
    const auto owed = all_owed();
    ASSERT_EQ(owed.size(), 1u);
    EXPECT_EQ(owed[0].recipients.size(), 2u);
}

TEST_F(AgeTest, who_asked_not_to_be_told_is_not_told) {
    submit("ann@a.example", "never@b.example", {.is_set = true});
    submit("ann@a.example", "success@b.example", {.is_set = true, .success = true});
    submit("ann@a.example", "failure@b.example", {.is_set = true, .failure = true});
    submit("", "null@b.example", {});
    for (int i = 0; i < 4; ++i) settle(*next_work(), SettledFailed{"mx", unknown_reply});
    EXPECT_EQ(events.count<Bounced>(), 4u);
    const auto owed = all_owed();
    ASSERT_EQ(owed.size(), 1u);
    EXPECT_EQ(owed[0].recipients.at(0).address, "failure@b.example");
    EXPECT_EQ(owed[0].recipients.at(0).original, "rfc822;failure@b.example");
    sim.run(queue->forgive(owed[0]));
    expect_empty_store();
}

TEST_F(AgeTest, a_report_that_is_given_up_comes_again_and_only_one_teller_has_it) {
    accept("ann@a.example", {"bob@b.example"});
    settle(*next_work(), SettledFailed{"mx", unknown_reply});
    auto owed = next_owed();
    const auto others = std::make_shared<std::vector<OwedReport>>();
    start(collect(*queue, others));
    sim.run_for(2min);
    EXPECT_TRUE(others->empty());
    const auto number = owed->number;
    owed.reset();
    sim.run_for(10s);
    EXPECT_TRUE(others->empty());
    sim.run_for(1min);
    ASSERT_EQ(others->size(), 1u);
    EXPECT_EQ(others->front().number, number);
    pay(others->front());
    EXPECT_FALSE(sim.run(queue->forgive(others->front()))) << "paid once";
    EXPECT_EQ(keys("o"), 0u);
}

TEST_F(AgeTest, the_sender_is_warned_once_and_told_of_the_end_once_across_restarts) {
    const auto id = accept("ann@a.example", {"bob@b.example", "carl@c.example"});
    submit("ann@a.example", "quiet@b.example", {.is_set = true, .failure = true});
    std::size_t delayed = 0, failed = 0;
    for (int hour = 0; hour < 24 * 6; ++hour) {
        sim.run_for(1h);
        if (hour % 5 == 0) reopen();
        auto owed = all_owed();
        for (const auto& report : owed) {
            if (report.kind == OwedKind::Delayed) {
                EXPECT_EQ(report.message, id);
                EXPECT_EQ(report.recipients.size(), 2u);
                EXPECT_GE(hour, 3);
                EXPECT_LE(hour, 5);
                EXPECT_EQ(report.recipients[0].will_retry_until, report.envelope->arrived + 24h * 5);
                ++delayed;
            } else {
                EXPECT_GE(hour, 119);
                EXPECT_LE(hour, 121);
                failed += report.recipients.size();
            }
            sim.run(queue->forgive(report));
        }
    }
    EXPECT_EQ(delayed, 1u);
    EXPECT_EQ(failed, 3u);
    EXPECT_EQ(events.count<DelayWarned>(), 2u);
    EXPECT_EQ(events.count<Bounced>(), 3u);
    EXPECT_EQ(events.count<Completed>(), 2u);
    sim.run_for(1s);
    expect_empty_store();
}

TEST_F(AgeTest, a_recipient_that_is_leased_when_its_time_is_over_is_neither_lost_nor_told_twice) {
    accept("ann@a.example", {"b@b.example", "c@c.example"});
    auto b = next_work();
    ASSERT_EQ(b->recipients[0].address, mailbox("b@b.example"));
    sim.run_for(24h * 5 + 5min);
    EXPECT_EQ(events.count<Bounced>(), 1u) << "the other one";
    EXPECT_EQ(keys("r"), 1u);
    settle(*b, SettledDelivered{});
    EXPECT_EQ(keys("x"), 0u);
    EXPECT_EQ(events.count<Bounced>(), 1u);
}

TEST_F(AgeTest, a_deferral_after_the_end_is_a_failure) {
    accept("ann@a.example", {"bob@b.example"});
    auto work = next_work();
    sim.run_for(24h * 5 + 5min);
    settle(*work, SettledDeferred{"mx.b.example", busy_reply});
    EXPECT_EQ(events.count<Deferred>(), 0u);
    ASSERT_EQ(events.count<Bounced>(), 1u);
    EXPECT_EQ(events.all<Bounced>()[0].why, "expired");
    const auto owed = all_owed();
    ASSERT_TRUE(std::ranges::any_of(owed, [](const auto& o) { return o.kind == OwedKind::Failed; }));
    EXPECT_EQ(owed.back().recipients[0].reply, busy_reply);
}

TEST_F(AgeTest, mail_of_a_parked_destination_expires_with_what_is_known_of_the_trouble) {
    accept("ann@a.example", {"bob@b.example"});
    const auto destination = next();
    queue->park(*destination, sim.wall_now() + 24h * 10, DestinationTrouble{"mx.b.example", busy_reply});
    sim.run_for(24h * 5 + 5min);
    ASSERT_EQ(events.count<Bounced>(), 1u);
    const auto owed = all_owed();
    ASSERT_EQ(owed.size(), 2u);
    EXPECT_EQ(owed[0].recipients.at(0).reply, busy_reply) << "the warning says as much";
    EXPECT_EQ(owed[1].recipients.at(0).host, "mx.b.example");
    EXPECT_EQ(owed[1].recipients.at(0).reply, busy_reply);
    EXPECT_EQ(keys("d"), 0u);
}

TEST_F(AgeTest, settlements_during_a_warning_wait_for_it) {
    accept("ann@a.example", {"b@b.example", "c@c.example"});
    auto b = next_work();
    auto c = next_work();
    ASSERT_TRUE(b && c);
    sim.run_for(4h - 1min);
    // Settled at about the moment of the warning, in whatever order the seeds bring.
    for (int i = 0; i < 200 && events.count<DelayWarned>() == 0; ++i) sim.run_for(500ms);
    settle(*b, SettledDelivered{});
    settle(*c, SettledDelivered{});
    for (const auto& owed : all_owed()) sim.run(queue->forgive(owed));
    expect_empty_store();
}

TEST_F(AgeTest, a_thousand_messages_expire_in_bounded_batches) {
    const auto many = [](Queue& q) -> Task<void> {
        for (int i = 0; i < 1'000; ++i) {
            co_await QueueWorld::accept_one(q, envelope_from(i % 2 == 0 ? "ann@a.example" : ""),
                                            recipients_of({"bob@b.example", "carl@c.example"}), "x\r\n");
        }
    };
    sim.run(many(*queue));
    const auto writes = sim.disk().counts.writes;
    sim.run_for(4h + 5min);
    EXPECT_EQ(events.count<DelayWarned>(), 1'000u);
    sim.run_for(24h * 5);
    EXPECT_EQ(events.count<Bounced>(), 2'000u);
    EXPECT_LT(sim.disk().counts.writes - writes, 100u);
    EXPECT_EQ(keys("r"), 0u);
    EXPECT_EQ(keys("d"), 0u);
    EXPECT_EQ(keys("m"), 500u) << "those whose senders are still to be told";
    std::size_t told = 0;
    while (told < 1'000) {
        auto owed = next_owed();
        ASSERT_TRUE(owed);
        sim.run(queue->forgive(*owed));
        ++told;
    }
    expect_empty_store();
}

TEST_F(AgeTest, many_debts_are_all_handed_out_after_a_restart) {
    for (int i = 0; i < 250; ++i) accept("ann@a.example", {"bob@b.example"});
    for (int i = 0; i < 250; ++i) settle(*next_work(), SettledFailed{"mx", unknown_reply});
    reopen();
    EXPECT_EQ(all_owed().size(), 250u);
}

}  // namespace
}  // namespace cursus
