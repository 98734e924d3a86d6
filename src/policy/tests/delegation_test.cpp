#include "policy/advisors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/kept_connections.h"
#include "runtime/server_pool.h"
#include "runtime/task_group.h"
#include "sim/peers/policy_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Delegated : public testing::Test {
protected:
    Delegated()
        : first(sim.machine("192.0.2.11"), at("192.0.2.11")),
          second(sim.machine("192.0.2.12"), at("192.0.2.12")) {
        settings.timeout = 10s;
    }
    static Endpoint at(const std::string& address) { return {*IpAddress::parse(address), 10023}; }

    void open(const std::string& written = "policy:192.0.2.11:10023") {
        address = parse_advisor_address(written).value();
        advisors = Advisors::open(sim.world(), {address}, settings).value();
    }
    Facts facts(std::uint32_t transaction = 1) {
        Facts known;
        known.stage = AskedAt::Rcpt;
        known.session = "s";
        known.transaction = transaction;
        return known;
    }
    // "yes", "nothing", the reply, or "trouble".
    std::string ask(std::uint32_t transaction = 1) {
        if (!advisors) open();
        const Instant began = sim.now();
        const auto advice = sim.run(advisors->ask(address, facts(transaction)));
        took = sim.now() - began;
        if (!advice) {
            error = advice.error();
            return "trouble";
        }
        return text_of(*advice);
    }
    static std::string text_of(const Advice& advice) {
        if (std::holds_alternative<Advice::Accept>(advice.decision)) return "yes";
        if (const auto* reject = std::get_if<Advice::Reject>(&advice.decision))
            return reject->reply.one_line();
        return advice == Advice() ? "nothing" : "something else";
    }

    SimWorld sim;
    AdvisorSettings settings;
    PolicyHost first, second;
    AdvisorAddress address;
    std::unique_ptr<Advisors> advisors;
    std::string error;
    Duration took{};
};

TEST_F(Delegated, asks_and_is_answered) {
    first.answer = "action=REJECT 5.7.1 No\n\n";
    EXPECT_EQ(ask(), "554 5.7.1 No");
    ASSERT_EQ(first.questions().size(), 1U);
    EXPECT_THAT(first.questions()[0],
                AllOf(StartsWith("request=smtpd_access_policy\n"), HasSubstr("\ninstance=s.1\n")));
}

TEST_F(Delegated, asks_at_a_local_socket) {
    PolicyHost host(sim.program_machine(), LocalSocket{"/run/postgrey.sock"});
    host.answer = "action=OK\n\n";
    open("policy:unix:/run/postgrey.sock");
    EXPECT_EQ(ask(), "yes");
}

TEST_F(Delegated, keeps_its_connection_for_the_next_question) {
    for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(ask(i), "nothing");
    EXPECT_EQ(first.questions().size(), 5U);
    EXPECT_EQ(first.connections(), 1U);
}

TEST_F(Delegated, gives_an_idle_connection_up_after_a_minute) {
    EXPECT_EQ(ask(), "nothing");
    EXPECT_EQ(first.open(), 1U);
    sim.run_for(kept_idle_max - 1s);
    EXPECT_EQ(first.open(), 1U);
    sim.run_for(2s);
    EXPECT_EQ(first.open(), 0U);
    EXPECT_EQ(ask(), "nothing");
    EXPECT_EQ(first.connections(), 2U);
}

TEST_F(Delegated, gives_a_busy_connection_up_in_time) {
    for (Duration passed{}; passed <= kept_age_max; passed += 30s) {
        EXPECT_EQ(ask(), "nothing");
        EXPECT_EQ(first.connections(), 1U);
        sim.run_for(30s);
    }
    EXPECT_EQ(ask(), "nothing");
    EXPECT_EQ(first.connections(), 2U);
}

TEST_F(Delegated, leaves_no_connection_behind) {
    EXPECT_EQ(ask(), "nothing");
    advisors.reset();
    sim.run_for(1s);
    EXPECT_EQ(first.open(), 0U);
}

TEST_F(Delegated, asks_again_on_a_fresh_connection_when_the_server_has_closed_the_old_one) {
    first.manners = PolicyManners::Tires;
    EXPECT_EQ(ask(), "nothing");
    sim.run_for(20s);
    EXPECT_EQ(first.open(), 0U);
    EXPECT_EQ(ask(), "nothing");
    EXPECT_EQ(first.connections(), 2U);
}

TEST_F(Delegated, asks_again_when_the_old_connection_ends_at_the_question) {
    EXPECT_EQ(ask(), "nothing");
    first.manners = PolicyManners::Leaves;
    EXPECT_EQ(ask(), "trouble");
    EXPECT_EQ(first.questions().size(), 3U) << "once on the old connection, once on a fresh one";
    EXPECT_EQ(first.connections(), 2U);
    EXPECT_THAT(error, AllOf(HasSubstr("192.0.2.11:10023"), HasSubstr("closed")));
}

TEST_F(Delegated, is_not_disturbed_by_servers_that_end_each_connection) {
    first.manners = PolicyManners::Closes;
    for (std::uint32_t i = 0; i < 5; ++i) {
        EXPECT_EQ(ask(i), "nothing");
        sim.run_for(1s);
    }
    EXPECT_EQ(first.connections(), 5U);
    EXPECT_EQ(first.questions().size(), 5U);
}

// What a server says out of turn must not answer the next question.
TEST_F(Delegated, takes_no_answer_that_came_before_the_question) {
    first.answer = "action=OK\n\n";
    first.manners = PolicyManners::Chatters;
    EXPECT_EQ(ask(), "yes");
    sim.run_for(5s);
    first.answer = "action=REJECT 5.7.1 No\n\n";
    EXPECT_EQ(ask(), "554 5.7.1 No");
    EXPECT_EQ(first.connections(), 2U);
}

TEST_F(Delegated, speaks_no_more_with_whom_it_is_out_of_step) {
    first.answer = "action=OK\n\naction=OK\n\n";
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ask(), "yes");
        sim.run_for(1s);
    }
    EXPECT_EQ(first.connections(), 20U) << "in whatever pieces it came";
}

TEST_F(Delegated, asks_no_second_time_who_has_answered_with_garbage) {
    EXPECT_EQ(ask(), "nothing");
    first.answer = "garbage\n\n";
    EXPECT_EQ(ask(), "trouble");
    EXPECT_EQ(first.questions().size(), 2U);
}

TEST_F(Delegated, prefers_the_connection_on_which_it_asked_about_the_same_message) {
    const auto lent = [&](std::string instance) {
        auto stream = sim.run(sim.network().connect(at("192.0.2.11"), std::nullopt, sim.now() + 5s));
        return PolicyConnection{*std::move(stream), 0, sim.now(), std::move(instance)};
    };
    const auto kept = std::make_shared<KeptConnections>(sim.clock());
    for (const char* instance : {"a", "b", "c"}) kept->keep(lent(instance));
    EXPECT_EQ(kept->take("b")->instance, "b");
    EXPECT_EQ(kept->take("x")->instance, "c") << "the one that was used last";
    EXPECT_EQ(kept->take("x")->instance, "a");
    EXPECT_FALSE(kept->take("x"));
}

// Attack F4: whatever a server says, it is never taken for an opinion.
TEST_F(Delegated, is_in_trouble_when_the_answer_is_none) {
    for (const char* answer :
         {"", "\n\n", "action=\n\n", "action=FILTER smtp:x\n\n", "action=MAYBE\n\n", "no\n\n", "action=OK",
          "action=OK\nx=y\n\n", "action=PREPEND X\n\n", "action=BCC nobody\n\n"}) {
        first.answer = answer;
        first.manners = PolicyManners::Closes;
        advisors.reset();
        EXPECT_EQ(ask(), "trouble") << answer;
        EXPECT_THAT(error, StartsWith("192.0.2.11:10023: "));
        EXPECT_LT(took, 5s);
    }
    first.answer = "action=" + std::string(100'000, 'x') + "\n\n";
    EXPECT_EQ(ask(), "trouble");
    EXPECT_THAT(error, HasSubstr("does not end"));
}

// Attack F2.
TEST_F(Delegated, waits_no_longer_than_its_timeout) {
    for (const auto manners : {PolicyManners::Silent, PolicyManners::Drips}) {
        first.manners = manners;
        advisors.reset();
        EXPECT_EQ(ask(), "trouble");
        EXPECT_THAT(error, HasSubstr("timed out"));
        EXPECT_GE(took, 9s);
        EXPECT_LE(took, 11s);
    }
}

TEST_F(Delegated, is_in_trouble_when_a_kept_connection_goes_silent) {
    EXPECT_EQ(ask(), "nothing");
    first.manners = PolicyManners::Silent;
    EXPECT_EQ(ask(), "trouble");
    EXPECT_LE(took, 11s);
    EXPECT_EQ(first.questions().size(), 2U) << "no second time: it has the question";
}

TEST_F(Delegated, goes_on_to_the_next_server) {
    second.answer = "action=OK\n\n";
    const std::string both = "policy:192.0.2.11:10023,192.0.2.12:10023";
    for (const auto manners : {PolicyManners::Leaves, PolicyManners::Silent, PolicyManners::Drips}) {
        first.manners = manners;
        open(both);
        EXPECT_EQ(ask(), "yes");
        EXPECT_LE(took, 6s);
    }
    first.manners = PolicyManners::Plain;
    first.answer = "garbage\n\n";
    open(both);
    EXPECT_EQ(ask(), "yes");
    open("policy:192.0.2.99:10023,192.0.2.12:10023");
    EXPECT_EQ(ask(), "yes");
}

TEST_F(Delegated, leaves_alone_for_a_while_what_has_failed) {
    second.answer = "action=OK\n\n";
    first.manners = PolicyManners::Silent;
    open("policy:192.0.2.11:10023,192.0.2.12:10023");
    EXPECT_EQ(ask(), "yes");
    second.manners = PolicyManners::Closes;
    EXPECT_EQ(ask(), "yes");
    EXPECT_EQ(ask(), "yes");
    EXPECT_LE(took, 1s);
    EXPECT_EQ(first.questions().size(), 1U);
    first.manners = PolicyManners::Plain;
    sim.run_for(pool_pause);
    EXPECT_EQ(ask(), "nothing");
}

TEST_F(Delegated, says_of_every_server_why) {
    first.manners = PolicyManners::Leaves;
    second.answer = "garbage\n\n";
    open("policy:192.0.2.11:10023,192.0.2.12:10023,192.0.2.99:10023");
    EXPECT_EQ(ask(), "trouble");
    EXPECT_THAT(error,
                AllOf(HasSubstr("192.0.2.11:10023: "), HasSubstr("192.0.2.12:10023: this is no answer"),
                      HasSubstr("192.0.2.99:10023")));
}

TEST_F(Delegated, comes_back_when_the_server_does) {
    open("policy:192.0.2.13:10023");
    EXPECT_EQ(ask(), "trouble");
    const PolicyHost third(sim.machine("192.0.2.13"), at("192.0.2.13"));
    EXPECT_EQ(ask(), "nothing");
}

class Crowd : public Delegated {
protected:
    Task<void> ask_one(std::uint32_t transaction) {
        const auto advice = co_await advisors->ask(address, facts(transaction));
        ++(advice ? answered : failed);
    }
    Task<void> ask_all(std::size_t count) {
        TaskGroup group(sim.executor());
        for (std::size_t i = 0; i < count; ++i) group.spawn(ask_one(static_cast<std::uint32_t>(i)));
        co_await group.join();
    }
    std::size_t answered = 0, failed = 0;
};

TEST_F(Crowd, shares_a_bounded_number_of_connections) {
    open();
    sim.run(ask_all(200));
    EXPECT_EQ(answered, 200U);
    EXPECT_LE(first.connections(), advisor_questions_max);
    EXPECT_GT(first.connections(), 1U);
}

TEST_F(Crowd, waits_no_longer_than_its_timeout_for_its_turn) {
    open();
    first.manners = PolicyManners::Silent;
    const Instant began = sim.now();
    sim.run(ask_all(200));
    EXPECT_EQ(failed, 200U);
    EXPECT_LE(sim.now() - began, 12s);
    EXPECT_LE(first.connections(), advisor_questions_max);
    first.manners = PolicyManners::Plain;
    EXPECT_EQ(ask(), "nothing") << "every place is free again";
}

TEST(DelegatedByAll, keeps_the_connections_of_each_reactor_apart) {
    SimOptions options;
    options.reactors = 2;
    SimWorld sim(1, options);
    const Endpoint endpoint{*IpAddress::parse("192.0.2.11"), 10023};
    const PolicyHost host(sim.machine("192.0.2.11"), endpoint);
    const AdvisorAddress address = PolicyServers{{endpoint}};
    const auto advisors = Advisors::open(sim.world(), {address}, {}).value();
    std::size_t answered = 0;
    const auto ask = [](Advisors& of, AdvisorAddress whom, std::size_t& count) -> Task<void> {
        const auto advice = co_await of.ask(whom, Facts());
        if (advice) ++count;
    };
    for (const std::size_t reactor : {0U, 1U, 0U, 1U})
        sim.run(run_on(sim.reactor(reactor).executor(), ask(*advisors, address, answered)));
    EXPECT_EQ(answered, 4U);
    EXPECT_EQ(host.connections(), 2U);
    EXPECT_EQ(host.questions().size(), 4U);
}

}  // namespace
}  // namespace cursus
