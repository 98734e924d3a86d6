// Holding mail for a domain whose better host is away: RFC 5321 §5.1, the rule of secondary MX hosts.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"

namespace cursus {
namespace {

class Backup : public DeliveryWorld {
protected:
    void SetUp() override {
        world.settings.domains.relay = {*Domain::parse("provinces.example")};
        world.sim.dns().mx(
            "provinces.example",
            {{10, "mx1.provinces.example"}, {20, "relay.example"}, {30, "mx3.provinces.example"}});
        world.sim.dns().address("mx1.provinces.example", {"10.1.2.3"});
        world.sim.dns().address("mx3.provinces.example", {"203.0.113.3"});
    }
};

TEST_F(Backup, mail_waits_for_the_better_host_for_as_long_as_its_domain_may_and_never_goes_to_a_worse_one) {
    world.settings.domain_times = {{"provinces.example", 24h, 24h * 20}};
    auto& worse = sink("203.0.113.3");
    start();
    world.accept("ann@b.example", {"bob@provinces.example"});
    world.sim.run_for(24h * 15);
    EXPECT_EQ(world.events.count<Bounced>(), 0U);
    EXPECT_EQ(world.events.count<DelayWarned>(), 1U);
    auto& better = sink("10.1.2.3");
    ASSERT_TRUE(delivered(1, 24h));
    EXPECT_EQ(better.count_for("bob@provinces.example"), 1U);
    EXPECT_TRUE(worse.visits().empty());
}

TEST_F(Backup, mail_is_given_up_when_its_domain_says) {
    world.settings.domain_times = {{"provinces.example", 24h, 24h * 20}};
    start();
    world.accept("ann@b.example", {"bob@provinces.example"});
    world.sim.run_for(24h * 20 - 1h);
    EXPECT_EQ(world.events.count<Bounced>(), 0U);
    EXPECT_TRUE(bounced(1, 2h));
}

TEST_F(Backup, the_best_host_itself_says_that_mail_loops_and_tells_the_operator_what_to_do) {
    world.sim.dns().mx("provinces.example", {{10, "relay.example"}, {30, "mx3.provinces.example"}});
    auto& worse = sink("203.0.113.3");
    start();
    world.accept("ann@b.example", {"bob@provinces.example"});
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>().at(0).reply.status()->text(), "5.4.6");
    ASSERT_EQ(world.events.count<Trouble>(), 1U);
    EXPECT_EQ(world.events.all<Trouble>()[0].where, "domain:provinces.example");
    EXPECT_THAT(world.events.all<Trouble>()[0].what, testing::HasSubstr("[domains] local"));
    EXPECT_TRUE(worse.visits().empty());
}

}  // namespace
}  // namespace cursus
