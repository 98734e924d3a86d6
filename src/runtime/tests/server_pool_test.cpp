#include "runtime/server_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/peers/scanner_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const Instant start{};

Endpoint at(const std::string& address) {
    return {*IpAddress::parse(address), 3310};
}
ServerPool pool_of_three() {
    return ServerPool({at("203.0.113.1"), at("203.0.113.2"), at("203.0.113.3")});
}

TEST(ServerPool, asks_in_the_order_of_the_list) {
    auto pool = pool_of_three();
    EXPECT_THAT(pool.order(start), ElementsAre(0, 1, 2));
    EXPECT_EQ(pool.size(), 3U);
    EXPECT_EQ(pool.name(1), "203.0.113.2:3310");
}

TEST(ServerPool, asks_who_failed_lately_last_and_the_oldest_failure_first) {
    auto pool = pool_of_three();
    pool.failed(0, start + 2s);
    pool.failed(1, start + 1s);
    EXPECT_THAT(pool.order(start + 3s), ElementsAre(2, 1, 0));
    pool.worked(0);
    EXPECT_THAT(pool.order(start + 3s), ElementsAre(0, 2, 1));
}

TEST(ServerPool, lets_one_asker_try_a_server_whose_pause_is_over) {
    auto pool = pool_of_three();
    pool.failed(0, start);
    EXPECT_THAT(pool.order(start + pool_pause - 1s), ElementsAre(1, 2, 0));
    EXPECT_THAT(pool.order(start + pool_pause), ElementsAre(0, 1, 2));
    EXPECT_THAT(pool.order(start + pool_pause), ElementsAre(1, 2, 0))
        << "who comes meanwhile does not wait for it";
    EXPECT_THAT(pool.order(start + 2 * pool_pause), ElementsAre(0, 1, 2)) << "nobody said how it went";
    pool.worked(0);
    EXPECT_THAT(pool.order(start + 2 * pool_pause), ElementsAre(0, 1, 2));
    EXPECT_THAT(pool.order(start + 2 * pool_pause), ElementsAre(0, 1, 2)) << "it is well for everybody";
}

TEST(ServerPool, tries_nobody_out_who_is_not_the_first_to_be_asked) {
    auto pool = pool_of_three();
    pool.failed(1, start);
    const Instant later = start + pool_pause;
    EXPECT_THAT(pool.order(later), ElementsAre(0, 1, 2));
    pool.failed(0, later);
    EXPECT_THAT(pool.order(later), ElementsAre(1, 2, 0));
}

TEST(ServerPool, of_one_server_always_asks_it) {
    ServerPool pool({at("203.0.113.1")});
    pool.failed(0, start);
    EXPECT_THAT(pool.order(start), ElementsAre(0));
    EXPECT_THAT(pool.order(start + pool_pause), ElementsAre(0));
    EXPECT_THAT(pool.order(start + pool_pause), ElementsAre(0));
}

class ServerPoolConnects : public testing::Test {
protected:
    ServerPoolConnects() {
        for (const char* address : {"203.0.113.1", "203.0.113.2", "203.0.113.3"}) sim.machine(address);
    }
    ScannerHost& host(const std::string& address) {
        hosts_.push_back(std::make_unique<ScannerHost>(sim.machine(address), at(address)));
        return *hosts_.back();
    }
    // The server's place, or the error.
    std::string connect(ServerPool& pool, std::vector<std::size_t> skipping = {}, Duration time = 10s) {
        const Instant began = sim.now();
        const auto lent = sim.run(pool.connect(sim.reactor(), began + time, std::move(skipping)));
        took = sim.now() - began;
        return lent ? std::to_string(lent->server) : lent.error();
    }

    SimWorld sim;
    Duration took{};

private:
    std::vector<std::unique_ptr<ScannerHost>> hosts_;
};

TEST_F(ServerPoolConnects, to_the_first_that_takes_one) {
    auto pool = pool_of_three();
    host("203.0.113.2");
    host("203.0.113.3");
    EXPECT_EQ(connect(pool), "1");
    EXPECT_THAT(pool.order(sim.now()), ElementsAre(1, 2, 0)) << "who refused us is asked last";
    EXPECT_EQ(connect(pool, {1}), "2");
}

TEST_F(ServerPoolConnects, without_waiting_long_for_one_that_is_not_there) {
    auto pool = pool_of_three();
    sim.faults().outage(*IpAddress::parse("203.0.113.1"), Outage::BlackHole);
    host("203.0.113.2");
    EXPECT_EQ(connect(pool), "1");
    EXPECT_GE(took, pool_connect_timeout);
    EXPECT_LE(took, pool_connect_timeout + 1s);
    EXPECT_EQ(connect(pool), "1");
    EXPECT_LE(took, 1s);
}

TEST_F(ServerPoolConnects, or_says_of_each_why_not) {
    auto pool = pool_of_three();
    EXPECT_THAT(connect(pool), AllOf(HasSubstr("203.0.113.1:3310"), HasSubstr("203.0.113.2:3310"),
                                     HasSubstr("203.0.113.3:3310")));
    EXPECT_THAT(connect(pool, {0, 1, 2}), HasSubstr("no server is left"));
    EXPECT_THAT(connect(pool, {0, 2}), HasSubstr("203.0.113.2:3310"));
}

TEST_F(ServerPoolConnects, within_the_time_there_is) {
    auto pool = pool_of_three();
    for (const char* address : {"203.0.113.1", "203.0.113.2", "203.0.113.3"})
        sim.faults().outage(*IpAddress::parse(address), Outage::BlackHole);
    EXPECT_THAT(connect(pool, {}, 4s), HasSubstr("203.0.113.2:3310"));
    EXPECT_GE(took, 4s);
    EXPECT_LE(took, 5s);
}

TEST_F(ServerPoolConnects, to_a_local_socket) {
    ServerPool pool({LocalSocket{"/run/clamd.sock"}});
    EXPECT_THAT(connect(pool), HasSubstr("/run/clamd.sock"));
    ScannerHost here(sim.program_machine(), LocalSocket{"/run/clamd.sock"});
    EXPECT_EQ(connect(pool), "0");
}

}  // namespace
}  // namespace cursus
