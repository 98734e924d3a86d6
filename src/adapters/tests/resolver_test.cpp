// The resolver against a real server: the five kinds of answers, kept apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "adapters/reactor_pool.h"
#include "adapters/socket_address.h"
#include "adapters/socket_handle.h"
#include "adapters/tests/dns_server.h"
#include "adapters/unbound_resolver.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using Resolved = std::shared_ptr<const DnsAnswer>;

class ResolverTest : public testing::Test {
protected:
    // Here and not in SetUpTestSuite, whose failure would count as tests skipped.
    void SetUp() override {
        if (!server_) server_ = std::make_unique<DnsServer>();
    }
    static void TearDownTestSuite() { server_.reset(); }

    // Validating unless told otherwise.
    void use(bool validating) {
        ResolverSettings settings;
        settings.servers = {server_->endpoint()};
        if (validating) settings.trust_anchor = server_->trust_anchor();
        auto made = make_unbound_resolver(settings);
        ASSERT_TRUE(made) << made.error();
        resolver_ = std::move(*made);
    }
    static Task<void> ask(Resolver& resolver, std::string name, RecordType type, Resolved& answer) {
        answer = co_await resolver.resolve(std::move(name), type);
    }
    DnsAnswer resolve(std::string name, RecordType type) {
        if (!resolver_) use(true);
        Resolved answer;
        pool_.run(ask(*resolver_, std::move(name), type, answer));
        return *answer;
    }

    static inline std::unique_ptr<DnsServer> server_;
    ReactorPool pool_{2};
    std::unique_ptr<Resolver> resolver_;  // its thread posts to the reactors
};

TEST_F(ResolverTest, mail_exchangers_are_found_with_their_time_to_live) {
    const auto answer = resolve("alpha.example", RecordType::Mx);
    ASSERT_EQ(answer.status, DnsStatus::Found) << answer.why;
    EXPECT_TRUE(answer.secure);
    EXPECT_EQ(answer.canonical_name, "alpha.example");
    EXPECT_GT(answer.ttl, std::chrono::seconds{60});
    EXPECT_LE(answer.ttl, std::chrono::seconds{120});
    std::vector<std::string> hosts;
    for (const auto& rdata : answer.records) {
        const auto mx = parse_mx(rdata);
        ASSERT_TRUE(mx);
        hosts.push_back(std::to_string(mx->preference) + " " + mx->host);
    }
    EXPECT_THAT(hosts, testing::UnorderedElementsAre("10 mx1.alpha.example", "20 mx2.alpha.example"));
}

TEST_F(ResolverTest, addresses_of_both_kinds_are_found) {
    const auto v4 = resolve("mx1.alpha.example", RecordType::A);
    ASSERT_EQ(v4.status, DnsStatus::Found) << v4.why;
    EXPECT_EQ(parse_address(v4.records.at(0)), IpAddress::parse("192.0.2.1"));
    const auto v6 = resolve("mx1.alpha.example", RecordType::Aaaa);
    ASSERT_EQ(v6.status, DnsStatus::Found) << v6.why;
    EXPECT_EQ(parse_address(v6.records.at(0)), IpAddress::parse("2001:db8::1"));
}

TEST_F(ResolverTest, an_alias_leads_to_its_canonical_name) {
    const auto answer = resolve("www.alpha.example", RecordType::A);
    ASSERT_EQ(answer.status, DnsStatus::Found) << answer.why;
    EXPECT_EQ(answer.canonical_name, "mx1.alpha.example");
    EXPECT_EQ(parse_address(answer.records.at(0)), IpAddress::parse("192.0.2.1"));
}

TEST_F(ResolverTest, no_data_and_no_such_name_are_two_things) {
    const auto no_data = resolve("alpha.example", RecordType::Tlsa);
    EXPECT_EQ(no_data.status, DnsStatus::NoData) << no_data.why;
    EXPECT_TRUE(no_data.secure);
    EXPECT_GT(no_data.ttl, Duration::zero());
    EXPECT_TRUE(no_data.records.empty());
    const auto no_name = resolve("mx2.alpha.example", RecordType::Mx);
    EXPECT_EQ(no_name.status, DnsStatus::NxDomain) << no_name.why;
    EXPECT_TRUE(no_name.secure);
    EXPECT_GT(no_name.ttl, Duration::zero());
}

TEST_F(ResolverTest, an_alias_to_nowhere_is_no_such_name) {
    EXPECT_EQ(resolve("lost.alpha.example", RecordType::A).status, DnsStatus::NxDomain);
}

TEST_F(ResolverTest, a_null_mx_is_found_and_its_host_is_the_root) {
    const auto answer = resolve("null.example", RecordType::Mx);
    ASSERT_EQ(answer.status, DnsStatus::Found) << answer.why;
    const auto mx = parse_mx(answer.records.at(0));
    ASSERT_TRUE(mx);
    EXPECT_EQ(mx->host, "");
}

TEST_F(ResolverTest, reverse_and_private_zones_are_asked_too) {
    const auto reverse = resolve("1.0.0.127.in-addr.arpa", RecordType::Ptr);
    ASSERT_EQ(reverse.status, DnsStatus::Found) << reverse.why;
    EXPECT_EQ(parse_name(reverse.records.at(0)), "localhost.alpha.example");
    EXPECT_EQ(resolve("host.test", RecordType::A).status, DnsStatus::Found);
}

TEST_F(ResolverTest, an_unsigned_zone_is_found_and_not_secure) {
    const auto answer = resolve("insecure.example", RecordType::A);
    ASSERT_EQ(answer.status, DnsStatus::Found) << answer.why;
    EXPECT_FALSE(answer.secure);
}

TEST_F(ResolverTest, a_zone_that_fails_validation_is_bogus_and_brings_no_records) {
    const auto answer = resolve("bogus.example", RecordType::A);
    EXPECT_EQ(answer.status, DnsStatus::Bogus);
    EXPECT_FALSE(answer.secure);
    EXPECT_FALSE(answer.why.empty());
    EXPECT_TRUE(answer.records.empty());
}

TEST_F(ResolverTest, without_a_trust_anchor_nothing_is_validated) {
    use(false);
    const auto found = resolve("alpha.example", RecordType::Mx);
    EXPECT_EQ(found.status, DnsStatus::Found) << found.why;
    EXPECT_FALSE(found.secure);
    const auto would_be_bogus = resolve("bogus.example", RecordType::A);
    EXPECT_EQ(would_be_bogus.status, DnsStatus::Found) << would_be_bogus.why;
    EXPECT_EQ(would_be_bogus.why, "");
}

TEST_F(ResolverTest, a_failing_server_is_a_failure_for_now) {
    const auto answer = resolve("broken.example", RecordType::Mx);
    EXPECT_EQ(answer.status, DnsStatus::Failed);
    EXPECT_FALSE(answer.why.empty());
}

TEST_F(ResolverTest, what_is_no_name_is_a_failure_and_no_crash) {
    for (const std::string& name : {std::string(300, 'a'), std::string(64, 'b') + ".example",
                                    std::string("a..b"), std::string("\0x", 2)}) {
        const auto answer = resolve(name, RecordType::Mx);
        EXPECT_NE(answer.status, DnsStatus::Found);
    }
}

Task<void> ask_many(Resolver& resolver, Executor executor, std::vector<Resolved>& answers) {
    struct Asking {
        static Task<void> once(Resolver& whom, std::string name, Resolved& answer) {
            answer = co_await whom.resolve(std::move(name), RecordType::Mx);
        }
    };
    TaskGroup group(executor);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const std::string name = i % 2 == 0 ? "alpha.example" : "name" + std::to_string(i) + ".example";
        group.spawn(Asking::once(resolver, name, answers[i]));
    }
    co_await group.join();
}

TEST_F(ResolverTest, identical_questions_in_flight_share_one_answer_and_others_do_not) {
    use(true);
    std::vector<Resolved> answers(400);
    pool_.run(ask_many(*resolver_, pool_.first().executor(), answers));
    for (std::size_t i = 0; i < answers.size(); i += 2) EXPECT_EQ(answers[i]->status, DnsStatus::Found);
    for (std::size_t i = 1; i < answers.size(); i += 2) EXPECT_EQ(answers[i]->status, DnsStatus::NxDomain);
    EXPECT_EQ(answers[0], answers[2]) << "one lookup, one answer";
}

Task<void> ask_everywhere(Resolver& resolver, std::vector<Reactor*> reactors,
                          std::vector<std::vector<Resolved>>& all) {
    TaskGroup group(reactors.front()->executor());
    for (std::size_t i = 0; i < reactors.size(); ++i) {
        group.spawn(run_on(reactors[i]->executor(), ask_many(resolver, reactors[i]->executor(), all[i])));
    }
    co_await group.join();
}

TEST_F(ResolverTest, all_reactors_may_ask_at_once) {
    use(true);
    std::vector<std::vector<Resolved>> all(2, std::vector<Resolved>(200));
    pool_.run(ask_everywhere(*resolver_, pool_.reactors(), all));
    for (const auto& answers : all) {
        for (const auto& answer : answers) EXPECT_NE(answer->status, DnsStatus::Failed) << answer->why;
    }
}

Task<void> ask_and_end(std::unique_ptr<Resolver>& resolver, Reactor& reactor, Resolved& answer) {
    struct Asking {
        static Task<void> once(Resolver& whom, Resolved& told) {
            told = co_await whom.resolve("alpha.example", RecordType::Mx);
        }
    };
    TaskGroup group(reactor.executor());
    group.spawn(Asking::once(*resolver, answer));
    co_await reactor.clock().sleep_for(std::chrono::milliseconds{20});
    EXPECT_FALSE(answer);
    resolver.reset();
    co_await group.join();
}

TEST_F(ResolverTest, a_question_nobody_answers_ends_with_the_resolver) {
    const SocketHandle silent(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const SocketAddress any = to_system(Endpoint{IpAddress::v4({127, 0, 0, 1}), 0});
    ASSERT_EQ(bind(silent.get(), any.get(), any.size), 0);
    ResolverSettings settings;
    settings.servers = {local_endpoint_of(silent.get())};
    auto made = make_unbound_resolver(settings);
    ASSERT_TRUE(made) << made.error();
    Resolved answer;
    pool_.run(ask_and_end(*made, pool_.first(), answer));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, DnsStatus::Failed);
}

TEST(ResolverSettings, a_missing_trust_anchor_is_named) {
    ResolverSettings settings;
    settings.trust_anchor = "/no/such/anchor.key";
    const auto made = make_unbound_resolver(settings);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().find("/no/such/anchor.key"), std::string::npos) << made.error();
}

TEST(ResolverSettings, a_trust_anchor_that_is_none_is_named) {
    const ScratchDirectory directory;
    ResolverSettings settings;
    settings.trust_anchor = directory.path() + "/anchor.key";
    std::ofstream(settings.trust_anchor) << "this is no key\n";
    const auto made = make_unbound_resolver(settings);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().find(settings.trust_anchor), std::string::npos) << made.error();
}

}  // namespace
}  // namespace cursus
