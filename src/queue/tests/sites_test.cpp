// What is known of sites in trouble, and for how long.
#include <gtest/gtest.h>

#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class SitesTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }
    bool is_in_trouble(const std::string& site) {
        const auto state = queue->site_state(site);
        EXPECT_TRUE(state);
        return state && state->has_value();
    }
    void fail(const std::string& site) {
        sim.run(queue->set_site_state(site, SiteState{3, sim.wall_now() + 1h, "connection refused"}));
    }
};

// All its mail has been given up meanwhile, and what comes then is no continuation of it.
TEST_F(SitesTest, trouble_of_a_host_that_no_mail_has_gone_to_for_long_is_forgotten) {
    fail("mx.gone.example");
    sim.jump_wall(settings.retry.give_up_after + 30min);
    EXPECT_TRUE(is_in_trouble("mx.gone.example"));
    fail("mx.new.example");
    sim.jump_wall(1h);
    EXPECT_FALSE(is_in_trouble("mx.gone.example"));
    EXPECT_TRUE(is_in_trouble("mx.new.example"));
    EXPECT_EQ(keys("s"), 2U);
    reopen();
    EXPECT_EQ(keys("s"), 1U);
    EXPECT_TRUE(is_in_trouble("mx.new.example"));
}

TEST_F(SitesTest, the_forgotten_are_found_behind_many_that_are_not) {
    fail("zz.example");
    sim.jump_wall(settings.retry.give_up_after + 2h);
    for (int i = 0; i < 600; ++i) fail("mx" + std::to_string(i) + ".example");
    EXPECT_EQ(keys("s"), 601U);
    reopen();
    EXPECT_EQ(keys("s"), 600U);
}

}  // namespace
}  // namespace cursus
