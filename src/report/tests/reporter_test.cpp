#include "report/reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mail/date.h"
#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Reports : public testing::Test {
protected:
    void SetUp() override {
        world.settings.hostname = *Domain::parse("relay.example");
        world.open();
        reporter = std::make_unique<Reporter>(
            ReportNeeds{world.sim.world(), *world.queue, world.events, world.settings});
        reporter->start();
    }
    void TearDown() override {
        world.sim.run(world.queue->stop());
        world.sim.run(reporter->join());
        reporter.reset();
    }
    void fail_next() {
        auto work = world.next_work();
        ASSERT_TRUE(work);
        world.settle(*work, SettledFailed{"mx.a.example", unknown_reply});
    }
    std::optional<Work> notification() {
        auto work = world.next_work(1min);
        return work;
    }

    QueueWorld world;
    std::unique_ptr<Reporter> reporter;
};

TEST_F(Reports, a_failure_is_told_to_the_sender_with_a_null_sender) {
    const MessageId failed =
        world.accept("ann@b.example", {"bob@a.example"}, "Subject: lost\r\n\r\nHello\r\n");
    fail_next();
    auto told = notification();
    ASSERT_TRUE(told);
    ASSERT_EQ(told->recipients.size(), 1U);
    EXPECT_EQ(told->recipients[0].address.text(), "ann@b.example");
    EXPECT_EQ(told->recipients[0].notify, (Notify{.is_set = true}));
    EXPECT_TRUE(std::holds_alternative<NullPath>(told->envelope->sender));
    EXPECT_EQ(told->envelope->service, "report");
    const std::string text = world.body_of(*told->body);
    EXPECT_EQ(text.size(), told->envelope->size);
    EXPECT_THAT(text, HasSubstr("Final-Recipient: rfc822;bob@a.example"));
    EXPECT_THAT(text, HasSubstr("Remote-MTA: dns; mx.a.example"));
    EXPECT_THAT(text, HasSubstr("Hello"));
    const auto reported = world.events.all<Reported>();
    ASSERT_EQ(reported.size(), 1U);
    EXPECT_EQ(reported[0].to, "ann@b.example");
    EXPECT_EQ(reported[0].report, told->message);
    EXPECT_NE(reported[0].report, failed);
}

// RFC 4865 §5.1.2, RFC 2852 §5, RFC 6710 §4.6.
TEST_F(Reports, what_was_asked_of_the_time_is_told_and_does_not_hold_for_the_report) {
    auto envelope = envelope_from("ann@b.example");
    const WallTime arrived = world.sim.wall_now();
    envelope.not_before = arrived + 1h;
    envelope.release_request = "for;3600";
    envelope.deliver_by = DeliverBy{arrived + 2h, ByMode::Return, false};
    envelope.priority = -4;
    ASSERT_TRUE(world.try_accept(std::move(envelope), recipients_of({"bob@a.example"}), "x\r\n"));
    world.sim.run_for(1h);
    fail_next();
    auto told = notification();
    ASSERT_TRUE(told);
    const std::string text = world.body_of(*told->body);
    EXPECT_THAT(text, HasSubstr("\r\nFuture-Release-Request: for;3600\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nDeliver-By-Date: " + date_text(arrived + 2h) + "\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nArrival-Date: "));
    EXPECT_EQ(told->envelope->priority, -4);
    EXPECT_FALSE(told->envelope->not_before);
    EXPECT_FALSE(told->envelope->deliver_by);
    EXPECT_EQ(told->envelope->release_request, "");
}

TEST_F(Reports, of_what_was_relayed_have_the_words_of_the_next_host_and_no_message) {
    auto envelope = envelope_from("ann@b.example");
    envelope.deliver_by = DeliverBy{world.sim.wall_now() + 2h, ByMode::Notify, false};
    ASSERT_TRUE(
        world.try_accept(std::move(envelope), recipients_of({"bob@a.example"}), "A: b\r\n\r\nsecret\r\n"));
    auto work = world.next_work();
    ASSERT_TRUE(work);
    world.settle(*work, SettledRelayed{"mx.a.example", accepted_reply});
    auto told = notification();
    ASSERT_TRUE(told);
    const std::string text = world.body_of(*told->body);
    EXPECT_THAT(text, HasSubstr("\r\nAction: relayed\r\nStatus: 2.0.0\r\nRemote-MTA: dns; mx.a.example\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("secret")));
    EXPECT_EQ(world.events.all<Reported>().at(0).kind, "relayed");
}

TEST_F(Reports, nobody_is_told_that_a_report_failed) {
    world.accept("ann@b.example", {"bob@a.example"});
    fail_next();
    ASSERT_TRUE(world.sim.run_until([&] { return world.events.count<Reported>() == 1; }));
    fail_next();  // the report itself
    EXPECT_FALSE(notification());
    EXPECT_EQ(world.events.count<Reported>(), 1U);
    EXPECT_EQ(world.events.count<Completed>(), 2U);
    world.expect_empty_store();
}

TEST_F(Reports, a_null_sender_is_never_told_anything) {
    world.accept("", {"bob@a.example"});
    fail_next();
    EXPECT_FALSE(notification());
    EXPECT_EQ(world.events.count<Reported>(), 0U);
    world.expect_empty_store();
}

TEST_F(Reports, a_large_message_comes_back_as_its_header) {
    std::string large = "Subject: large\r\n\r\n";
    while (large.size() <= returned_octets_max) large += "a line of the body\r\n";
    world.accept("ann@b.example", {"bob@a.example"}, large);
    fail_next();
    auto told = notification();
    ASSERT_TRUE(told);
    const std::string text = world.body_of(*told->body);
    EXPECT_THAT(text, HasSubstr("Subject: large"));
    EXPECT_THAT(text, Not(HasSubstr("a line of the body")));
}

TEST_F(Reports, ret_hdrs_brings_back_the_header_only) {
    Envelope envelope = envelope_from("ann@b.example");
    envelope.ret = Ret::Headers;
    envelope.envid = "QQ314159";
    ASSERT_TRUE(
        world.try_accept(envelope, recipients_of({"bob@a.example"}), "Subject: x\r\n\r\nsecret body\r\n"));
    fail_next();
    auto told = notification();
    ASSERT_TRUE(told);
    const std::string text = world.body_of(*told->body);
    EXPECT_THAT(text, Not(HasSubstr("secret body")));
    EXPECT_THAT(text, HasSubstr("Original-Envelope-Id: QQ314159"));
}

TEST_F(Reports, many_failures_are_each_told_once) {
    for (int i = 0; i < 40; ++i) world.accept("s" + std::to_string(i) + "@b.example", {"bob@a.example"});
    for (int i = 0; i < 40; ++i) {
        auto work = world.take("domain:a.example");
        if (!work) break;
        world.settle(*work, SettledFailed{"mx.a.example", unknown_reply});
    }
    ASSERT_TRUE(world.sim.run_until([&] { return world.events.count<Reported>() == 40; }));
    std::set<std::string> told;
    for (const Reported& reported : world.events.all<Reported>()) told.insert(reported.to);
    EXPECT_EQ(told.size(), 40U);
    world.sim.run_for(10min);
    EXPECT_EQ(world.events.count<Reported>(), 40U);
}

class FixedChance : public Random {
public:
    std::uint64_t next() override { return ++last_; }

private:
    std::uint64_t last_ = 0;
};

TEST(Compose, the_boundary_is_in_nothing_that_is_returned) {
    OwedReport debt;
    auto envelope = std::make_shared<Envelope>();
    envelope->sender = mailbox("ann@b.example");
    // What the second draw would make; the first is spent on the Message-ID.
    const std::string content = "Subject: x\r\n\r\n--cursus00000000000000020000000000000003\r\n";
    envelope->size = content.size();
    debt.kind = OwedKind::Failed;
    debt.envelope = envelope;
    debt.recipients.push_back({"bob@a.example", {}, {}, unknown_reply, {}, {}});
    FixedChance chance;
    const auto made = compose(debt, mailbox("ann@b.example"), content, "relay.example", {}, chance);
    EXPECT_THAT(made.message, HasSubstr("boundary=\"cursus00000000000000040000000000000005\""));
}

}  // namespace
}  // namespace cursus
