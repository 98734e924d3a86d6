// Whom callouts ask, and what hosts do to them that mean no good.
#include <gmock/gmock.h>

#include "policy/tests/callout_world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CalloutHostsTest : public CalloutWorld {
protected:
    CalloutHostsTest() : CalloutWorld(SimOptions{.reactors = 2}) {}
    static constexpr const char* backup_address = "203.0.113.6";
};

// ---- whom

TEST_F(CalloutHostsTest, own_addresses_are_not_asked_about) {
    listen_at("192.0.2.1:25");
    for (const char* address : {"ann@rome.example", "postmaster@mx.rome.example", "ann@[192.0.2.1]"})
        for (const auto subject : {CalloutSubject::Sender, CalloutSubject::Recipient}) {
            const auto answer = ask(address, subject);
            EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown) << address;
            EXPECT_THAT(answer.why, HasSubstr("of this host")) << address;
        }
}

TEST_F(CalloutHostsTest, dns_leads_neither_to_this_host_nor_into_its_networks) {
    listen_at("0.0.0.0:25");
    sim.dns().address("mx.rome.example", {"192.0.2.1"});
    auto& own = host_here("0.0.0.0");
    domain("self.example", {"192.0.2.1"});
    sim.dns().mx("named.example", {{10, "mx.rome.example"}});
    domain("loop.example", {"127.0.0.1"});
    domain("inside.example", {"10.0.0.5"});
    domain("nowhere.example", {"0.0.0.0"});
    for (const char* name :
         {"self.example", "named.example", "loop.example", "inside.example", "nowhere.example"}) {
        const auto answer = ask("a@" + std::string(name));
        EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown) << name;
        EXPECT_EQ(answer.host, "") << name;
    }
    for (const char* literal : {"a@[127.0.0.1]", "a@[10.0.0.5]", "a@[0.0.0.0]"})
        EXPECT_EQ(ask(literal).host, "") << literal;
    EXPECT_EQ(own.visits, 0U);
}

TEST_F(CalloutHostsTest, recipients_are_asked_about_where_their_mail_would_go_and_senders_at_their_mx) {
    route("gaul.example", "203.0.113.7:2525");
    auto& by_mx = host(mx_address, mail_host({"ann@gaul.example"}));
    auto& by_route = host("203.0.113.7", mail_host({}), 2525);
    EXPECT_EQ(verdict("ann@gaul.example", CalloutSubject::Recipient), CalloutVerdict::Refused);
    EXPECT_EQ(by_mx.visits, 0U);
    EXPECT_EQ(verdict("ann@gaul.example", CalloutSubject::Sender), CalloutVerdict::Accepted);
    EXPECT_EQ(by_route.visits, 1U);
}

TEST_F(CalloutHostsTest, a_gateway_asks_its_inner_host_about_senders_too) {
    settings.domains.relay = {*Domain::parse("gaul.example")};
    route("gaul.example", "10.0.0.7");
    auto& inside = host("10.0.0.7", mail_host({"ann@gaul.example"}));
    for (const auto subject : {CalloutSubject::Sender, CalloutSubject::Recipient}) {
        EXPECT_EQ(verdict("ann@gaul.example", subject), CalloutVerdict::Accepted);
        EXPECT_EQ(verdict("zoe@gaul.example", subject), CalloutVerdict::Refused);
    }
    EXPECT_EQ(inside.visits, 2U) << "it is one question for both";
}

TEST_F(CalloutHostsTest, a_backup_asks_the_hosts_that_are_better_than_itself) {
    settings.domains.relay = {*Domain::parse("gaul.example")};
    sim.dns().mx("gaul.example", {{10, "mx1.gaul.example"}, {20, "mx.rome.example"}, {30, "worse.example"}});
    sim.dns().address("worse.example", {backup_address});
    auto& worse = host(backup_address, mail_host({"*"}));
    EXPECT_EQ(verdict("zoe@gaul.example", CalloutSubject::Recipient), CalloutVerdict::Unknown);
    host(mx_address, mail_host({}));
    sim.run_for(callout_unreachable_kept);
    EXPECT_EQ(verdict("zoe@gaul.example", CalloutSubject::Recipient), CalloutVerdict::Refused);
    EXPECT_EQ(worse.visits, 0U);
}

TEST_F(CalloutHostsTest, an_lmtp_route_is_spoken_to_in_lmtp) {
    RouteSettings& added = settings.routes.emplace_back();
    added.pattern = "gaul.example";
    added.hosts = parse_hosts("203.0.113.7").value();
    added.protocol = Dialect::Lmtp;
    auto& inbox = host("203.0.113.7", mail_host({"ann@gaul.example"}), 24);
    EXPECT_EQ(verdict("ann@gaul.example", CalloutSubject::Recipient), CalloutVerdict::Accepted);
    EXPECT_EQ(inbox.said("LHLO"), 1U);
}

TEST_F(CalloutHostsTest, hosts_of_a_route_that_demands_tls_or_a_login_are_not_told_names_in_the_clear) {
    route("gaul.example", "203.0.113.7");
    auto& inside = host("203.0.113.7", mail_host({}));
    const auto expect_unasked = [&] {
        reload();
        const auto answer = ask("ann@gaul.example", CalloutSubject::Recipient);
        EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown);
        EXPECT_THAT(answer.why, HasSubstr("TLS or a login"));
    };
    callouts();
    settings.routes[0].terms.tls = RouteTls::Required;
    expect_unasked();
    settings.routes[0].terms.tls = RouteTls::Verified;
    expect_unasked();
    settings.routes[0].terms = {};
    settings.routes[0].terms.username = "julius";
    expect_unasked();
    EXPECT_EQ(inside.visits, 0U);
}

TEST_F(CalloutHostsTest, hosts_of_relay_domains_are_asked_as_often_as_there_is_need) {
    settings.callout.per_target_per_minute = settings.callout.per_minute = 1;
    settings.domains.relay = {*Domain::parse("gaul.example")};
    auto& inside = host(mx_address, mail_host({}));
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(verdict("a" + std::to_string(i) + "@gaul.example", CalloutSubject::Recipient),
                  CalloutVerdict::Refused);
    EXPECT_EQ(inside.visits, 20U);
    domain("iberia.example", {backup_address});
    host(backup_address, mail_host({}));
    EXPECT_EQ(verdict("a@iberia.example", CalloutSubject::Recipient), CalloutVerdict::Refused);
    EXPECT_EQ(verdict("b@iberia.example", CalloutSubject::Recipient), CalloutVerdict::Unknown);
}

// ---- several of them

TEST_F(CalloutHostsTest, the_next_host_is_asked_only_when_one_lets_us_say_nothing) {
    domain("gaul.example", {mx_address, backup_address});
    auto& second = host(backup_address, mail_host({"*"}));
    auto& first = host(mx_address, mail_host({}, {{"RCPT", "450 later"}}));
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Unknown);
    EXPECT_EQ(second.visits, 0U);
    first.answer = mail_host({}, {{"", "421 busy"}});
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::AcceptsAnything);
    EXPECT_EQ(second.visits, 1U);
}

TEST_F(CalloutHostsTest, what_a_backup_says_is_not_believed_for_long) {
    domain("gaul.example", {mx_address, backup_address});
    host(backup_address, mail_host({"*"}));
    EXPECT_EQ(verdict("zoe@gaul.example"), CalloutVerdict::AcceptsAnything);
    host(mx_address, mail_host({}));
    EXPECT_EQ(verdict("zoe@gaul.example"), CalloutVerdict::AcceptsAnything);
    sim.run_for(settings.callout.negative);
    EXPECT_EQ(verdict("zoe@gaul.example"), CalloutVerdict::Refused);
}

TEST_F(CalloutHostsTest, of_ten_thousand_hosts_a_few_are_tried) {
    std::vector<std::string> many;
    for (int i = 1; i <= 60; ++i) many.push_back("203.0.113." + std::to_string(100 + i));
    domain("many.example", many);
    EXPECT_EQ(verdict("ann@many.example"), CalloutVerdict::Unknown);
    EXPECT_EQ(sim.fabric().attempts().size(), callout_hosts_max);
}

// ---- at the same time

Task<void> ask_into(Callouts& callouts, const CalloutTargets& targets, Mailbox address, CalloutAnswer& into) {
    into = co_await callouts.ask(targets, std::move(address), CalloutSubject::Sender);
}

Task<void> ask_on_both(SimWorld& sim, Callouts& callouts, const CalloutTargets& targets, Mailbox address,
                       std::vector<CalloutAnswer>& into) {
    TaskGroup asking(sim.executor());
    for (std::size_t i = 0; i < into.size(); ++i) {
        auto task = ask_into(callouts, targets, address, into[i]);
        asking.spawn(run_on(sim.reactor(i % 2).executor(), std::move(task)));
    }
    co_await asking.join();
}

TEST_F(CalloutHostsTest, who_asks_the_same_at_one_time_shares_a_dialogue) {
    auto& mx = host(mx_address, mail_host({"ann@gaul.example"}));
    std::vector<CalloutAnswer> answers(20);
    sim.run(ask_on_both(sim, callouts(), targets(), *Mailbox::parse("ann@gaul.example"), answers));
    EXPECT_EQ(mx.visits, 1U);
    for (const CalloutAnswer& answer : answers) EXPECT_EQ(answer.verdict, CalloutVerdict::Accepted);
}

Task<void> ask_each(SimWorld& sim, Callouts& callouts, const CalloutTargets& targets,
                    std::vector<Mailbox> addresses, std::vector<CalloutAnswer>& into) {
    TaskGroup asking(sim.executor());
    for (std::size_t i = 0; i < into.size(); ++i)
        asking.spawn(ask_into(callouts, targets, addresses[i], into[i]));
    co_await asking.join();
}

TEST_F(CalloutHostsTest, so_many_at_once_and_no_more_and_each_place_is_given_back) {
    settings.callout.per_minute = settings.callout.per_target_per_minute = 100'000;
    auto& mx = host(mx_address, mail_host({}, {{"", ""}}));
    std::vector<Mailbox> addresses;
    for (std::size_t i = 0; i < callouts_at_once_max + 10; ++i)
        addresses.push_back(*Mailbox::parse("a" + std::to_string(i) + "@gaul.example"));
    for (int round = 0; round < 2; ++round) {
        std::vector<CalloutAnswer> answers(addresses.size());
        sim.run(ask_each(sim, callouts(), targets(), addresses, answers));
        EXPECT_EQ(mx.visits, callouts_at_once_max);
        std::size_t turned_away = 0;
        for (const CalloutAnswer& answer : answers) turned_away += answer.why.starts_with("Too many") ? 1 : 0;
        EXPECT_EQ(turned_away, 10U);
        mx.visits = 0;
        sim.run_for(callout_unreachable_kept);
    }
}

TEST_F(CalloutHostsTest, strangers_that_stall_take_no_places_from_hosts_that_this_one_relays_for) {
    settings.callout.per_minute = settings.callout.per_target_per_minute = 100'000;
    settings.domains.relay = {*Domain::parse("sicily.example")};
    domain("sicily.example", {backup_address});
    host(mx_address, mail_host({}, {{"", ""}}));
    host(backup_address, mail_host({}));
    std::vector<Mailbox> addresses;
    for (std::size_t i = 0; i < 2 * callouts_at_once_max; ++i)
        addresses.push_back(*Mailbox::parse("a" + std::to_string(i) + "@gaul.example"));
    addresses.push_back(*Mailbox::parse("zoe@sicily.example"));
    std::vector<CalloutAnswer> answers(addresses.size());
    sim.run(ask_each(sim, callouts(), targets(), addresses, answers));
    EXPECT_EQ(answers.back().verdict, CalloutVerdict::Refused);
}

// ---- hostile ones (attacks F1, F2)

TEST_F(CalloutHostsTest, a_host_that_stalls_or_talks_without_end_costs_the_callouts_time_and_no_more) {
    const std::pair<std::string, std::string> tricks[] = {
        {"", ""},          {"EHLO", ""},
        {"MAIL", ""},      {"RCPT", ""},
        {"RSET", ""},      {"", "220-more*"},
        {"", "no line*"},  {"EHLO", "250-more*"},
        {"MAIL", "no*"},   {"RCPT", "550-more*"},
        {"RCPT", "no*"},   {"RCPT", "250-a\r\n550 b"},
        {"RCPT", "550\n"}, {"RCPT", std::string(100'000, '5')},
    };
    for (const auto& [stage, reply] : tricks) {
        const std::string name = stage + ' ' + reply.substr(0, 20);
        host(mx_address, mail_host({}, {{stage, reply}}));
        const Instant began = sim.now();
        EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Unknown) << name;
        EXPECT_LE(sim.now() - began, settings.callout.timeout + 1s) << name;
        sim.run_for(callout_unreachable_kept);
    }
}

TEST_F(CalloutHostsTest, the_answer_does_not_wait_for_a_long_goodbye) {
    for (const char* goodbye : {"", "221-more*", "!"}) {
        host(mx_address, mail_host({}, {{"QUIT", goodbye}}));
        const Instant began = sim.now();
        EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Refused) << goodbye;
        EXPECT_LE(sim.now() - began, 3 * callout_quit_timeout) << goodbye;
        sim.run_for(settings.callout.negative);
    }
}

TEST_F(CalloutHostsTest, whoever_answers_before_it_is_asked_has_said_yes_to_everything) {
    host(mx_address, mail_host({}, {{"MAIL", "250*"}}));
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::AcceptsAnything);
}

TEST_F(CalloutHostsTest, a_host_that_drips_costs_the_callouts_time_and_no_more) {
    host(mx_address, mail_host({}));
    sim.faults().slow(*IpAddress::parse(mx_address), 1);
    const Instant began = sim.now();
    const auto answer = ask("ann@gaul.example");
    EXPECT_EQ(answer.verdict, CalloutVerdict::Unknown);
    EXPECT_THAT(answer.why, HasSubstr("in time"));
    EXPECT_LE(sim.now() - began, settings.callout.timeout + 1s);
}

TEST_F(CalloutHostsTest, silent_hosts_share_the_time_of_one_callout) {
    domain("gaul.example", {mx_address, backup_address, "203.0.113.7", "203.0.113.8"});
    for (const char* address : {mx_address, backup_address, "203.0.113.7", "203.0.113.8"}) {
        host(address, mail_host({}));
        sim.faults().outage(*IpAddress::parse(address), Outage::BlackHole);
    }
    const Instant began = sim.now();
    EXPECT_EQ(verdict("ann@gaul.example"), CalloutVerdict::Unknown);
    EXPECT_LE(sim.now() - began, settings.callout.timeout + 1s);
}

}  // namespace
}  // namespace cursus
