// The names of a client: the one it greets with, and those of its address.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/reversed_address.h"
#include "base/text.h"
#include "policy/helo_check.h"
#include "policy/reverse_dns.h"
#include "route/tests/table_resolver.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::HasSubstr;

const IpAddress client = *IpAddress::parse("203.0.113.5");
const IpAddress client_v6 = *IpAddress::parse("2001:db8:1::5");
const IpAddress own_address = *IpAddress::parse("192.0.2.1");

// ---- HELO's form

class HeloFormTest : public testing::Test {
protected:
    HeloFormTest() {
        settings.hostname = *Domain::parse("mx.rome.example");
        settings.domains.local = {*Domain::parse("rome.example")};
        settings.listeners.emplace_back().addresses.emplace_back(*Endpoint::parse("192.0.2.7:25"));
    }
    HeloForm form(std::string_view helo, const IpAddress& from = client) {
        return helo_form(helo, {from, own_address}, Destinations(settings));
    }
    Settings settings;
};

TEST_F(HeloFormTest, names_and_literals_are_told_apart_from_what_is_neither) {
    EXPECT_EQ(form("mail.gaul.example"), HeloForm::Name);
    EXPECT_EQ(form("MAIL.Gaul.Example"), HeloForm::Name);
    EXPECT_EQ(form("[203.0.113.5]"), HeloForm::ClientsAddress);
    EXPECT_EQ(form("[203.0.113.6]"), HeloForm::OtherAddress);
    EXPECT_EQ(form("[IPv6:2001:DB8:1:0::5]", client_v6), HeloForm::ClientsAddress);
    EXPECT_EQ(form("[IPv6:::ffff:203.0.113.5]"), HeloForm::ClientsAddress);
    for (const char* helo : {"localhost", "win-7", "friend"})
        EXPECT_EQ(form(helo), HeloForm::NotFullyQualified) << helo;
    for (const char* helo :
         {"", "203.0.113.5", "[203.0.113.5", "[]", "[2001:db8:1::5]", "[IPv6:203.0.113.5]", "a..example", ".",
          "-a.example", "under_score.example", "gaul.example.", "a@gaul.example", "\xC3", "x;y.example"})
        EXPECT_EQ(form(helo), HeloForm::Invalid) << helo;
    EXPECT_EQ(form(std::string(255, 'a')), HeloForm::Invalid);
}

TEST_F(HeloFormTest, our_names_are_ours_alone) {
    for (const char* helo :
         {"mx.rome.example", "MX.ROME.example", "rome.example", "[192.0.2.7]", "[192.0.2.1]"})
        EXPECT_EQ(form(helo), HeloForm::OwnName) << helo;
    EXPECT_EQ(form("other.rome.example"), HeloForm::Name);
    EXPECT_EQ(form("[192.0.2.8]"), HeloForm::OtherAddress);
    for (const char* us : {"127.0.0.1", "::1", "192.0.2.1", "192.0.2.7"}) {
        EXPECT_EQ(form("mx.rome.example", *IpAddress::parse(us)), HeloForm::Name) << us;
        EXPECT_NE(form("[192.0.2.7]", *IpAddress::parse(us)), HeloForm::OwnName) << us;
    }
}

// ---- HELO's resolution

class ClientNamesTest : public testing::Test {
protected:
    std::optional<ForwardAnswer> helo(const std::string& name, const IpAddress& from = client) {
        return sim.run(look_up_helo(dns, name, from));
    }
    ReverseAnswer reverse(const IpAddress& address = client) {
        return sim.run(look_up_reverse(dns, address));
    }
    void ptr(const std::vector<std::string>& names, const IpAddress& address = client) {
        std::vector<std::string> rdata;
        for (const std::string& name : names) rdata.push_back(name_rdata(name));
        dns.records(reverse_name(address), RecordType::Ptr, std::move(rdata));
    }

    SimWorld sim;
    TableResolver dns;
};

TEST_F(ClientNamesTest, a_name_leads_to_the_client_elsewhere_or_nowhere) {
    dns.address("mail.gaul.example", {"203.0.113.4", "203.0.113.5"});
    dns.address("six.gaul.example", {"2001:db8:1::5"});
    dns.mx("empty.gaul.example", {{10, "mail.gaul.example"}});
    EXPECT_EQ(helo("Mail.gaul.example")->verdict, Forward::ToAddress);
    EXPECT_EQ(helo("mail.gaul.example", own_address)->verdict, Forward::Elsewhere);
    EXPECT_EQ(helo("mail.gaul.example", client_v6)->verdict, Forward::Elsewhere);
    EXPECT_EQ(helo("six.gaul.example", client_v6)->verdict, Forward::ToAddress);
    EXPECT_EQ(helo("six.gaul.example")->verdict, Forward::Elsewhere);
    EXPECT_EQ(helo("empty.gaul.example")->verdict, Forward::Absent);
    EXPECT_EQ(helo("absent.example")->verdict, Forward::Absent);
    EXPECT_EQ(helo("six.gaul.example")->seen, std::vector{client_v6});
}

TEST_F(ClientNamesTest, what_is_no_qualified_name_is_not_asked_for) {
    for (const char* name : {"localhost", "[203.0.113.5]", "203.0.113.5", "", "under_score.example"})
        EXPECT_FALSE(helo(name)) << name;
    EXPECT_TRUE(dns.asked.empty());
}

TEST_F(ClientNamesTest, a_name_with_many_addresses_is_looked_through) {
    std::vector<std::string> many;
    for (int i = 1; i < 200; ++i) many.push_back("198.51.100." + std::to_string(i));
    many.push_back(client.text());
    dns.address("pool.gaul.example", many);
    const auto answer = helo("pool.gaul.example");
    EXPECT_EQ(answer->verdict, Forward::ToAddress);
    EXPECT_EQ(answer->seen.size(), forward_seen_max);
}

TEST_F(ClientNamesTest, a_failed_lookup_leaves_open_only_what_it_could_have_shown) {
    for (const DnsStatus status : {DnsStatus::Failed, DnsStatus::Bogus}) {
        dns = {};
        dns.address("a.example", {"203.0.113.9"});
        dns.status("a.example", RecordType::Aaaa, status);
        EXPECT_EQ(helo("a.example")->verdict, Forward::Elsewhere) << "its IPv4 addresses are known";
        EXPECT_EQ(helo("a.example", client_v6)->verdict, Forward::Unknown);
        EXPECT_NE(helo("a.example", client_v6)->why, "");
        dns.status("a.example", RecordType::A, DnsStatus::NoData);
        EXPECT_EQ(helo("a.example")->verdict, Forward::Unknown) << "whether it has any is not";
    }
    dns = {};
    dns.records("b.example", RecordType::A, {"abc"});
    EXPECT_EQ(helo("b.example")->verdict, Forward::Unknown);
    dns.records("c.example", RecordType::A, {"abc", std::string("\xCB\x00\x71\x05", 4)});
    EXPECT_EQ(helo("c.example")->verdict, Forward::ToAddress);
}

// ---- reverse DNS

TEST_F(ClientNamesTest, a_name_that_leads_back_is_confirmed) {
    ptr({"Mail.Gaul.example"});
    dns.address("mail.gaul.example", {"203.0.113.5"});
    const auto answer = reverse();
    EXPECT_EQ(answer.verdict, ReverseDns::Confirmed);
    EXPECT_EQ(answer.name, "mail.gaul.example");
    EXPECT_EQ(dns.asked.size(), 2U) << "the other family is not asked for";
    ptr({"six.gaul.example"}, client_v6);
    dns.address("six.gaul.example", {"2001:db8:1::5"});
    EXPECT_EQ(reverse(client_v6).name, "six.gaul.example");
}

TEST_F(ClientNamesTest, names_that_do_not_lead_back_are_shown_and_prove_nothing) {
    ptr({"mx.google.example", "a.gaul.example"});
    dns.address("mx.google.example", {"198.51.100.1"});
    const auto answer = reverse();
    EXPECT_EQ(answer.verdict, ReverseDns::Unconfirmed);
    EXPECT_EQ(answer.name, "a.gaul.example") << "claimed";
    ASSERT_EQ(answer.names.size(), 2U);
    EXPECT_EQ(answer.names[0].name, "a.gaul.example");
    EXPECT_EQ(answer.names[0].forward.verdict, Forward::Absent);
    EXPECT_EQ(answer.names[1].forward.verdict, Forward::Elsewhere);
}

TEST_F(ClientNamesTest, no_name_and_no_answer_are_two_things) {
    EXPECT_EQ(reverse().verdict, ReverseDns::None);
    dns.status(reverse_name(client), RecordType::Ptr, DnsStatus::NoData);
    EXPECT_EQ(reverse().verdict, ReverseDns::None);
    for (const DnsStatus status : {DnsStatus::Failed, DnsStatus::Bogus}) {
        dns.status(reverse_name(client), RecordType::Ptr, status);
        EXPECT_EQ(reverse().verdict, ReverseDns::Unknown);
        EXPECT_THAT(reverse().why, HasSubstr("5.113.0.203.in-addr.arpa"));
    }
}

TEST_F(ClientNamesTest, while_one_name_cannot_be_looked_up_the_client_is_not_without_one) {
    ptr({"a.gaul.example", "b.gaul.example"});
    dns.status("a.gaul.example", RecordType::A, DnsStatus::Failed);
    dns.address("b.gaul.example", {"198.51.100.1"});
    EXPECT_EQ(reverse().verdict, ReverseDns::Unknown);
    EXPECT_THAT(reverse().why, HasSubstr("a.gaul.example"));
    dns.address("b.gaul.example", {"203.0.113.5"});
    EXPECT_EQ(reverse().verdict, ReverseDns::Confirmed);
}

// D2, CVE-2022-37452.
TEST_F(ClientNamesTest, a_flood_of_names_is_asked_for_as_far_as_the_bound) {
    std::vector<std::string> flood;
    for (int i = 0; i < 256; ++i) flood.push_back("n" + std::to_string(i) + ".gaul.example");
    ptr(flood);
    const auto answer = reverse();
    EXPECT_EQ(answer.verdict, ReverseDns::Unconfirmed);
    EXPECT_EQ(answer.names.size(), reverse_names_max);
    EXPECT_EQ(dns.asked.size(), 1 + 2 * reverse_names_max);
}

TEST_F(ClientNamesTest, what_is_no_host_name_is_not_asked_for_even_if_it_would_lead_back) {
    for (const char* name : {"under_score.example", "<script>.example", "203.0.113.5", "-a.example"})
        dns.address(name, {"203.0.113.5"});
    ptr({"under_score.example", "<script>.example", "203.0.113.5", "-a.example", ""});
    const auto answer = reverse();
    EXPECT_EQ(answer.verdict, ReverseDns::Unconfirmed);
    EXPECT_TRUE(answer.names.empty());
    EXPECT_EQ(dns.asked.size(), 1U);
    dns.records(reverse_name(client), RecordType::Ptr,
                {"", "\x05short", std::string(300, 'x'),
                 std::string("\x03"
                             "a.b\x00",
                             5)});
    EXPECT_EQ(reverse().verdict, ReverseDns::Unconfirmed);
}

}  // namespace
}  // namespace cursus
