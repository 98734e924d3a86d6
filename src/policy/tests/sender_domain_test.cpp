#include "policy/sender_domain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "route/tests/table_resolver.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::HasSubstr;

class SenderDomainTest : public testing::Test {
protected:
    SenderDomainTest() {
        settings.hostname = *Domain::parse("mx.rome.example");
        settings.domains.local = {*Domain::parse("rome.example")};
        settings.domains.relay = {*Domain::parse("sicily.example")};
    }
    DomainAnswer look_up(const std::string& sender) {
        const Router router(dns, settings, tables);
        const Destinations destinations(settings);
        const SenderDomains domains(router, destinations, settings);
        return sim.run(domains.look_up(*Mailbox::parse(sender)));
    }
    DomainVerdict verdict(const std::string& sender) { return look_up(sender).verdict; }

    SimWorld sim;
    TableResolver dns;
    Settings settings;
    Tables tables;
};

TEST_F(SenderDomainTest, a_domain_with_a_mail_host_is_usable) {
    dns.mx("gaul.example", {{20, "mx2.gaul.example"}, {10, "mx1.gaul.example"}});
    dns.address("mx1.gaul.example", {"203.0.113.5"});
    dns.address("mx2.gaul.example", {"2001:db8:1::5"});
    const auto answer = look_up("ann@gaul.example");
    EXPECT_EQ(answer.verdict, DomainVerdict::Usable);
    ASSERT_EQ(answer.hosts.size(), 2U);
    EXPECT_EQ(answer.hosts[0][0].name, "mx1.gaul.example");
    EXPECT_EQ(text(answer.hosts[1][0].addresses[0]), "[2001:db8:1::5]:25");
}

TEST_F(SenderDomainTest, without_mx_an_address_of_its_own_will_do) {
    dns.address("gaul.example", {"203.0.113.5"});
    EXPECT_EQ(verdict("ann@gaul.example"), DomainVerdict::Usable);
}

TEST_F(SenderDomainTest, what_is_not_there_takes_no_mail_or_has_no_host_is_told_apart) {
    dns.mx("null.example", {{0, ""}});
    dns.address("null.example", {"203.0.113.5"});
    dns.status("empty.example", RecordType::Txt, DnsStatus::NoData);
    dns.mx("dangling.example", {{10, "mx.dangling.example"}});
    EXPECT_EQ(verdict("a@absent.example"), DomainVerdict::Absent);
    EXPECT_EQ(verdict("a@null.example"), DomainVerdict::NullMx);
    EXPECT_EQ(verdict("a@empty.example"), DomainVerdict::NoMailHost);
    EXPECT_EQ(verdict("a@dangling.example"), DomainVerdict::NoMailHost);
    for (const char* sender : {"a@absent.example", "a@null.example", "a@empty.example", "a@dangling.example"})
        EXPECT_THAT(look_up(sender).why, HasSubstr(std::string(sender).substr(2)));
}

TEST_F(SenderDomainTest, hosts_that_no_mail_can_be_sent_to_are_no_mail_hosts) {
    dns.mx("local.example", {{10, "localhost"}});
    dns.address("localhost", {"127.0.0.1", "::1"});
    dns.mx("private.example", {{10, "mx.private.example"}});
    dns.address("mx.private.example", {"10.0.0.5"});
    dns.address("zero.example", {"0.0.0.0"});
    dns.mx("ours.example", {{10, "mx.rome.example"}});
    for (const char* name : {"local.example", "private.example", "zero.example", "ours.example"})
        EXPECT_EQ(verdict("a@" + std::string(name)), DomainVerdict::NoMailHost) << name;
    EXPECT_THAT(look_up("a@local.example").why, HasSubstr("loopback"));
    EXPECT_THAT(look_up("a@private.example").why, HasSubstr("10.0.0.5"));
    EXPECT_THAT(look_up("a@ours.example").why, HasSubstr("loop back to this host"));
    settings.delivery.loopback = true;
    EXPECT_EQ(verdict("a@local.example"), DomainVerdict::Usable);
}

// D4: each question that may fail does, in each way.
TEST_F(SenderDomainTest, a_lookup_that_fails_is_never_no) {
    for (const DnsStatus status : {DnsStatus::Failed, DnsStatus::Bogus}) {
        dns.status("a.example", RecordType::Mx, status);
        EXPECT_EQ(verdict("x@a.example"), DomainVerdict::Unknown);
        EXPECT_NE(look_up("x@a.example").why, "");
        for (const RecordType type : {RecordType::A, RecordType::Aaaa}) {
            dns = {};
            dns.mx("a.example", {{10, "mx1.a.example"}, {20, "mx2.a.example"}});
            dns.status("mx1.a.example", type, status);
            EXPECT_EQ(verdict("x@a.example"), DomainVerdict::Unknown) << "the other is absent";
            dns.address("mx2.a.example", {"127.0.0.1"});
            EXPECT_EQ(verdict("x@a.example"), DomainVerdict::Unknown) << "the other is of no use";
            dns.address("mx2.a.example", {"203.0.113.5"});
            EXPECT_EQ(verdict("x@a.example"), DomainVerdict::Usable) << "the other is there";
            dns = {};
            dns.status("a.example", RecordType::Mx, DnsStatus::NoData);
            dns.status("a.example", type, status);
            EXPECT_EQ(verdict("x@a.example"), DomainVerdict::Unknown) << "no MX records";
        }
    }
}

// D1, D2.
TEST_F(SenderDomainTest, records_of_a_wrong_form_and_of_great_number_are_borne) {
    dns.records("short.example", RecordType::Mx, {"", "\x01", std::string(2, '\0'), std::string(400, 'x')});
    EXPECT_EQ(verdict("a@short.example"), DomainVerdict::Unknown);
    dns.records("mixed.example", RecordType::Mx, {"x", mx_rdata({10, "mx.mixed.example"})});
    dns.address("mx.mixed.example", {"203.0.113.5"});
    EXPECT_EQ(verdict("a@mixed.example"), DomainVerdict::Usable);
    dns.mx("bad.example", {{10, "mx.bad.example"}});
    dns.records("mx.bad.example", RecordType::A, {"abc"});
    EXPECT_EQ(verdict("a@bad.example"), DomainVerdict::Unknown);

    std::vector<std::pair<int, std::string>> many;
    for (int i = 0; i < 256; ++i) many.emplace_back(i, "mx" + std::to_string(i) + ".many.example");
    dns.mx("many.example", many);
    dns.asked.clear();
    EXPECT_EQ(verdict("a@many.example"), DomainVerdict::NoMailHost);
    EXPECT_EQ(dns.asked.size(), 1 + 2 * mx_hosts_max);
}

TEST_F(SenderDomainTest, of_addresses_of_ours_relay_domains_and_literals_dns_is_not_asked) {
    settings.listeners.emplace_back().addresses.emplace_back(*Endpoint::parse("192.0.2.1:25"));
    settings.listeners.back().addresses.emplace_back(*Endpoint::parse("[::]:25"));
    for (const char* sender : {"ann@rome.example", "postmaster@mx.rome.example", "ann@sicily.example",
                               "ann@[192.0.2.1]", "ann@[203.0.113.5]", "ann@[IPv6:2001:db8::5]"})
        EXPECT_EQ(verdict(sender), DomainVerdict::Usable) << sender;
    for (const char* sender : {"ann@[127.0.0.1]", "ann@[10.0.0.1]", "ann@[0.0.0.0]", "ann@[IPv6:::1]"})
        EXPECT_EQ(verdict(sender), DomainVerdict::NoMailHost) << sender;
    EXPECT_EQ(look_up("ann@[127.0.0.1]").why, "No mail can be sent to [127.0.0.1]");
    EXPECT_TRUE(dns.asked.empty());
}

TEST_F(SenderDomainTest, a_special_route_makes_no_domain_exist) {
    RouteSettings& smarthost = settings.routes.emplace_back();
    smarthost.pattern = "*";
    smarthost.hosts = parse_hosts("203.0.113.9").value();
    EXPECT_EQ(verdict("ann@absent.example"), DomainVerdict::Absent);
}

}  // namespace
}  // namespace cursus
