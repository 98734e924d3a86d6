// Recipients whose domains have times of their own ([[domain]]).
#include <gtest/gtest.h>

#include "queue/tests/told_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class DomainTimesTest : public testing::Test, public ToldWorld {
protected:
    void SetUp() override {
        settings.domain_times = {{"patient.example", 24h, 24h * 20}, {"*.hasty.example", 10min, 1h}};
        open();
    }
};

TEST_F(DomainTimesTest, each_recipient_of_one_message_is_warned_of_and_given_up_at_its_own_time) {
    accept("ann@a.example", {"bob@patient.example", "cid@x.hasty.example", "dan@usual.example"});
    EXPECT_EQ(keys("x"), 1U);
    EXPECT_EQ(
        told(24h * 21, 24h * 365),
        (std::vector<std::string>{"warned cid@x.hasty.example 0h10", "failed cid@x.hasty.example 1h0",
                                  "warned dan@usual.example 4h0", "warned bob@patient.example 24h0",
                                  "failed dan@usual.example 120h0", "failed bob@patient.example 480h0"}));
    EXPECT_EQ(until["bob@patient.example"], 24h * 20);
    EXPECT_EQ(until["cid@x.hasty.example"], 1h);
    EXPECT_EQ(until["dan@usual.example"], 24h * 5);
    expect_empty_store();
}

TEST_F(DomainTimesTest, are_kept_across_restarts) {
    accept("ann@a.example", {"bob@patient.example", "cid@x.hasty.example", "dan@usual.example"});
    EXPECT_EQ(told(24h * 21, 30min).size(), 6U);
    EXPECT_EQ(events.count<DelayWarned>(), 3U);
    EXPECT_EQ(events.count<Bounced>(), 3U);
    EXPECT_EQ(events.count<Completed>(), 1U);
    expect_empty_store();
}

TEST_F(DomainTimesTest, decide_when_a_deferral_comes_too_late) {
    accept("ann@a.example", {"bob@patient.example", "cid@x.hasty.example"});
    auto first = next_work();
    auto second = next_work();
    if (first->recipients[0].address == mailbox("cid@x.hasty.example")) std::swap(first, second);
    sim.run_for(24h * 6);
    settle(*first, SettledDeferred{"mx", busy_reply});
    settle(*second, SettledDeferred{"mx", busy_reply});
    ASSERT_EQ(events.count<Bounced>(), 1U);
    EXPECT_EQ(events.all<Bounced>()[0].recipient, "cid@x.hasty.example");
    EXPECT_EQ(events.count<Deferred>(), 1U);
}

TEST_F(DomainTimesTest, of_a_message_that_is_delivered_leave_nothing_behind) {
    accept("ann@a.example", {"bob@patient.example"});
    settle(*next_work(), SettledDelivered{});
    expect_empty_store();
    accept("ann@a.example", {"bob@patient.example"});
    reopen();
    settle(*next_work(), SettledDelivered{});
    sim.run_for(24h * 21);
    expect_empty_store();
}

TEST_F(DomainTimesTest, that_are_new_hold_for_mail_that_was_there_before) {
    close();
    settings.domain_times.clear();
    open();
    accept("ann@a.example", {"bob@patient.example", "dan@usual.example"});
    sim.run_for(1h);
    close();
    settings.domain_times = {{"patient.example", 24h, 24h * 20}};
    open();
    EXPECT_EQ(told(24h * 21, 24h * 365).size(), 4U);
    EXPECT_EQ(until["bob@patient.example"], 24h * 20);
    EXPECT_EQ(until["dan@usual.example"], 24h * 5);
    expect_empty_store();
}

TEST_F(DomainTimesTest, that_are_gone_leave_the_usual_ones) {
    accept("ann@a.example", {"bob@patient.example"});
    close();
    settings.domain_times.clear();
    open();
    told(24h * 6, 24h * 365);
    EXPECT_EQ(events.count<Bounced>(), 1U);
    expect_empty_store();
}

// Nobody is looked at again and again on the way to a far end.
TEST_F(DomainTimesTest, cost_one_look_each) {
    for (int i = 0; i < 200; ++i) accept("ann@a.example", {"bob@patient.example"});
    sim.run_for(24h + 1h);
    EXPECT_EQ(events.count<DelayWarned>(), 200U);
    const auto steps = sim.steps();
    sim.run_for(24h);
    EXPECT_LT(sim.steps() - steps, 20'000U);
}

}  // namespace
}  // namespace cursus
