#include "policy/matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "route/alias_table.h"
#include "sim/sim_table.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::ElementsAre;

ClientSubject client(const char* address, std::string host = {}) {
    return {IpAddress::parse(address).value(), std::move(host)};
}
ReversePath path(const char* text) {
    if (std::string_view(text) == "<>") return NullPath{};
    return Mailbox::parse(text).value();
}
bool is_client(const char* pattern, const ClientSubject& subject) {
    return matches(parse_client_pattern(pattern).value(), subject);
}
bool is_address(const char* pattern, const char* subject) {
    return matches(parse_address_pattern(pattern).value(), path(subject));
}

TEST(Matching, of_clients_knows_networks_and_confirmed_names) {
    const auto dialup = client("192.0.2.7", "host7.dialup.example");
    EXPECT_TRUE(is_client("192.0.2.0/24", dialup));
    EXPECT_FALSE(is_client("192.0.3.0/24", dialup));
    EXPECT_TRUE(is_client("*.dialup.example", dialup));
    EXPECT_TRUE(is_client("host7.dialup.example", dialup));
    EXPECT_FALSE(is_client("dialup.example", dialup));
    EXPECT_TRUE(is_client("/^host[0-9]+\\./", dialup));
    EXPECT_FALSE(is_client("table:any", dialup));
    for (const char* pattern : {"*.dialup.example", "/^/"})
        EXPECT_FALSE(is_client(pattern, client("192.0.2.7"))) << pattern;
}

TEST(Matching, of_addresses_knows_mailboxes_hosts_and_local_parts) {
    EXPECT_TRUE(is_address("ann@b.example", "Ann@B.example"));
    EXPECT_TRUE(is_address("ann@b.example", "\"ann\"@b.example"));
    EXPECT_FALSE(is_address("ann@b.example", "ann@c.example"));
    EXPECT_FALSE(is_address("ann@b.example", "ann@x.b.example"));
    EXPECT_TRUE(is_address("@b.example", "x@b.example"));
    EXPECT_FALSE(is_address("@b.example", "x@a.b.example"));
    EXPECT_TRUE(is_address("@*.b.example", "x@a.b.example"));
    EXPECT_FALSE(is_address("@*.b.example", "x@b.example"));
    EXPECT_TRUE(is_address("@[192.0.2.1]", "x@[192.0.2.1]"));
    EXPECT_FALSE(is_address("@[192.0.2.1]", "x@b.example"));
    EXPECT_FALSE(is_address("@b.example", "x@[192.0.2.1]"));
    EXPECT_TRUE(is_address("postmaster@", "POSTMASTER@anything.example"));
    EXPECT_FALSE(is_address("postmaster@", "not-postmaster@b.example"));
    EXPECT_TRUE(is_address("/^a.*@b\\.example$/", "ann@b.example"));
}

TEST(Matching, of_the_null_sender_is_by_its_own_pattern_alone) {
    EXPECT_TRUE(is_address("<>", "<>"));
    EXPECT_FALSE(is_address("<>", "ann@b.example"));
    for (const char* pattern : {"/^/", "/^$/", "ann@b.example", "@b.example", "postmaster@"})
        EXPECT_FALSE(is_address(pattern, "<>")) << pattern;
}

TEST(Matching, asks_tables_for_these_keys) {
    EXPECT_THAT(table_keys(client("192.0.2.7", "mx.b.example")),
                ElementsAre("192.0.2.7", "mx.b.example", ".b.example", ".example"));
    EXPECT_THAT(table_keys(client("192.0.2.7")), ElementsAre("192.0.2.7"));
    EXPECT_THAT(table_keys(client("2001:db8::1")), ElementsAre("2001:db8::1", "\"2001:db8::1\""));
    EXPECT_THAT(table_keys(path("Ann@B.example")), ElementsAre("ann@b.example", "@b.example", "@.example"));
    EXPECT_THAT(table_keys(path("ann@[192.0.2.1]")), ElementsAre("ann@[192.0.2.1]", "@[192.0.2.1]"));
    EXPECT_THAT(table_keys(path("<>")), ElementsAre("<>"));
    EXPECT_THAT(table_keys("Invoice.EXE"), ElementsAre("invoice.exe"));
}

TEST(Matching, asks_tables_for_sixteen_keys_at_most_however_long_a_name_is) {
    std::string host = "example";
    for (int i = 0; i < 60; ++i) host.insert(0, "a.");
    const auto keys = table_keys(client("2001:db8::1", host));
    ASSERT_EQ(keys.size(), table_keys_max);
    EXPECT_EQ(keys[2], host);
    EXPECT_EQ(keys[15], ".example");
    EXPECT_EQ(keys[3], ".a.a.a.a.a.a.a.a.a.a.a.a.example");
    EXPECT_EQ(table_keys(path(("x@" + host).c_str())).size(), table_keys_max);
}

class MatchingTablesTest : public testing::Test {
protected:
    MatchingTablesTest() {
        for (const char* name : {"one", "two"}) {
            tables[name] = std::make_shared<SimTable>(sim, name);
        }
    }
    SimTable& table(const char* name) { return static_cast<SimTable&>(*tables[name]); }
    // "yes", "no" or the trouble.
    std::string answer(const std::vector<const char*>& texts, ReversePath subject) {
        std::vector<AddressPattern> patterns;
        for (const char* text : texts) patterns.push_back(parse_address_pattern(text).value());
        const auto found = sim.run(matches_any(tables, patterns, std::move(subject)));
        if (!found) return found.error().why;
        return *found ? "yes" : "no";
    }

    SimWorld sim;
    Tables tables;
};

TEST_F(MatchingTablesTest, has_what_any_table_has) {
    EXPECT_EQ(answer({"table:one", "table:two"}, path("ann@b.example")), "no");
    table("two").put("@.example", "");
    EXPECT_EQ(answer({"table:one", "table:two"}, path("ann@b.example")), "yes");
    EXPECT_EQ(answer({"table:one", "table:two"}, path("ann@b.net")), "no");
    EXPECT_EQ(answer({}, path("ann@b.example")), "no");
}

TEST_F(MatchingTablesTest, asks_none_when_a_pattern_fits_without) {
    EXPECT_EQ(answer({"table:one", "@b.example"}, path("ann@b.example")), "yes");
    EXPECT_EQ(table("one").asked(), 0U);
}

TEST_F(MatchingTablesTest, in_trouble_is_never_a_no) {
    table("one").trouble = "it is away";
    EXPECT_EQ(answer({"table:one", "table:two"}, path("ann@b.example")), "table one: it is away");
    EXPECT_EQ(answer({"table:one", "table:three"}, path("ann@b.example")), "table one: it is away");
    EXPECT_EQ(answer({"table:three"}, path("ann@b.example")), "there is no table three");
    table("two").put("ann@b.example", "");
    EXPECT_EQ(answer({"table:one", "table:two"}, path("ann@b.example")), "yes");
}

TEST_F(MatchingTablesTest, serves_clients_and_names_too) {
    const std::vector<ClientPattern> clients{TablePattern{"one"}};
    const std::vector<NamePattern> names{TablePattern{"one"}};
    table("one").put(".dialup.example", "");
    table("one").put("invoice.exe", "");
    EXPECT_TRUE(*sim.run(matches_any(tables, clients, client("192.0.2.7", "h.dialup.example"))));
    EXPECT_FALSE(*sim.run(matches_any(tables, clients, client("192.0.2.7", "dialup.example"))));
    EXPECT_TRUE(*sim.run(matches_any(tables, names, std::string("Invoice.exe"))));
    EXPECT_FALSE(*sim.run(matches_any(tables, names, std::string("x"))));
}

// So that the file that an operator writes holds the keys that are asked.
TEST(Matching, finds_every_kind_of_key_in_a_file) {
    const auto file = parse_alias_table(
        "192.0.2.7: spam trap hits\n\"2001:db8::1\":\nmx.b.example:\n.dialup.example:\n<>:\nAnn@b.example:\n"
        "@c.example:\n@.d.example:\n\"ann lee\"@b.example:\n");
    ASSERT_TRUE(file) << file.error().what;
    const auto is_there = [&](const std::vector<std::string>& keys) {
        return std::ranges::any_of(keys,
                                   [&](const auto& key) { return file->content->find(key).has_value(); });
    };
    for (const auto& subject : {client("192.0.2.7"), client("2001:db8::1"),
                                client("192.0.2.8", "mx.b.example"), client("192.0.2.8", "h.dialup.example")})
        EXPECT_TRUE(is_there(table_keys(subject))) << subject.address.text() << ' ' << subject.host;
    for (const char* subject :
         {"<>", "ann@b.example", "x@c.example", "x@e.d.example", "\"Ann Lee\"@b.example"})
        EXPECT_TRUE(is_there(table_keys(path(subject)))) << subject;
    EXPECT_FALSE(is_there(table_keys(client("192.0.2.8", "b.example"))));
    EXPECT_FALSE(is_there(table_keys(path("x@d.example"))));
}

}  // namespace
}  // namespace cursus
