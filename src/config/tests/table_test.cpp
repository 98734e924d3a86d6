#include <gtest/gtest.h>

#include "config/parse.h"

namespace cursus {
namespace {

const SystemDefaults defaults{"host.example.org"};

std::vector<TableSettings> tables(std::string_view text) {
    auto settings = parse_settings(text, defaults);
    if (!settings) {
        ADD_FAILURE() << describe_errors("test", settings.error());
        return std::vector<TableSettings>(1);
    }
    return settings->tables;
}

std::string table_errors(std::string_view text) {
    const auto settings = parse_settings(text, defaults);
    return settings ? "" : describe_errors("cursus.toml", settings.error());
}

TEST(TableConfiguration, a_table_is_a_file_unless_it_says_otherwise) {
    const auto found = tables("[[table]]\nname = \"people\"\npath = \"/etc/people\"\n");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].name, "people");
    EXPECT_EQ(found[0].kind, TableKind::File);
    EXPECT_EQ(found[0].path, "/etc/people");
}

TEST(TableConfiguration, every_kind_has_its_keys) {
    const auto found = tables(R"toml(
[[table]]
name = "lists"
kind = "regex"
path = "/etc/cursus/lists"
[[table]]
name = "old"
kind = "cdb"
path = "/etc/cursus/old.cdb"
timeout = "2s"
[[table]]
name = "shop"
kind = "sqlite"
path = "/var/lib/shop.db"
query = "SELECT target FROM aliases WHERE name = :key"
[[table]]
name = "people"
kind = "postgresql"
connection = "host=db.example.org dbname=mail passfile=/etc/cursus/pgpass"
query = "SELECT target FROM aliases WHERE name = $1::text"
[[table]]
name = "staff"
kind = "ldap"
uri = "ldap://ldap.example.org ldap://ldap2.example.org"
base = "ou=people,dc=example,dc=org"
scope = "one"
filter = "(&(objectClass=inetLocalMailRecipient)(mailLocalAddress={key}))"
attribute = "mailRoutingAddress"
bind_dn = "cn=cursus,dc=example,dc=org"
password_file = "/etc/cursus/ldap.password"
starttls = true
)toml");
    ASSERT_EQ(found.size(), 5u);
    EXPECT_EQ(found[0].kind, TableKind::Regex);
    EXPECT_EQ(found[1].timeout, std::chrono::seconds{2});
    EXPECT_EQ(found[2].timeout, std::chrono::seconds{10});
    EXPECT_EQ(found[3].kind, TableKind::Postgresql);
    EXPECT_EQ(found[4].scope, LdapScope::One);
    EXPECT_TRUE(found[4].starttls);
}

TEST(TableConfiguration, a_key_of_another_kind_is_an_error_where_it_stands) {
    EXPECT_EQ(table_errors("[[table]]\nname = \"a\"\npath = \"/a\"\nquery = \"SELECT\"\n"),
              "cursus.toml:4:1: query is no key of a file table; leave it out, or write another kind\n");
    EXPECT_EQ(table_errors("[[table]]\nname = \"a\"\nkind = \"cdb\"\npath = \"/a\"\nstarttls = false\n"),
              "cursus.toml:5:1: starttls is no key of a cdb table; leave it out, or write another kind\n");
}

TEST(TableConfiguration, a_key_that_is_needed_is_asked_for) {
    EXPECT_EQ(table_errors("\n[[table]]\nname = \"a\"\nkind = \"sqlite\"\npath = \"/a\"\n"),
              "cursus.toml:2:1: a sqlite table needs query\n");
    EXPECT_EQ(table_errors("[[table]]\nname = \"a\"\nkind = \"ldap\"\n"),
              "cursus.toml:1:1: an ldap table needs uri\n"
              "cursus.toml:1:1: an ldap table needs base\n"
              "cursus.toml:1:1: an ldap table needs filter\n"
              "cursus.toml:1:1: an ldap table needs attribute\n");
}

TEST(TableConfiguration, the_key_is_a_parameter) {
    EXPECT_NE(
        table_errors("[[table]]\nname = \"a\"\nkind = \"sqlite\"\npath = \"/a\"\nquery = \"SELECT '%s'\"\n")
            .find("cursus.toml:5:1: query: where does the key go?"),
        std::string::npos);
    EXPECT_NE(table_errors("[[table]]\nname = \"a\"\nkind = \"postgresql\"\nconnection = \"\"\n"
                           "query = \"SELECT :key\"\n")
                  .find("$1"),
              std::string::npos);
    EXPECT_NE(table_errors("[[table]]\nname = \"a\"\nkind = \"ldap\"\nuri = \"ldap://h\"\nbase = \"b\"\n"
                           "attribute = \"c\"\nfilter = \"(uid=%s)\"\n")
                  .find("(mailLocalAddress={key})"),
              std::string::npos);
}

TEST(TableConfiguration, names_are_there_once_and_are_no_paths) {
    const auto errors = table_errors(
        "[[table]]\npath = \"/a\"\n[[table]]\nname = \"b\"\npath = \"b\"\n[[table]]\nname = \"b\"\npath = "
        "\"/b\"\n[[table]]\nname = \"/c\"\npath = \"/c\"\n");
    EXPECT_NE(errors.find("1:1: this table has no name"), std::string::npos) << errors;
    EXPECT_NE(errors.find("5:1: path: \"b\" must begin with /"), std::string::npos) << errors;
    EXPECT_NE(errors.find("7:1: there is another table named \"b\""), std::string::npos) << errors;
    EXPECT_NE(errors.find("10:1: a name does not begin with /"), std::string::npos) << errors;
}

TEST(TableConfiguration, who_names_a_table_names_one_that_is_there) {
    const std::string table = "[[table]]\nname = \"a\"\npath = \"/a\"\n";
    EXPECT_EQ(table_errors("[[alias]]\nlist = \"table:a\"\n" + table), "");
    EXPECT_EQ(table_errors("[[alias]]\nlist = \"table:b\"\n" + table),
              "cursus.toml:2:1: there is no table \"b\"; write a [[table]] with name = \"b\"\n");
    EXPECT_EQ(table_errors("[[route]]\ndomain = \"*\"\ntable = \"table:b\"\n"),
              "cursus.toml:3:1: there is no table \"b\"; write a [[table]] with name = \"b\"\n");
    EXPECT_EQ(table_errors("[local]\nusers = \"table:b\"\n"),
              "cursus.toml:1:2: there is no table \"b\"; write a [[table]] with name = \"b\"\n");
}

TEST(TableConfiguration, ldap_binds_with_a_password_and_starts_tls_once) {
    const std::string ldap =
        "[[table]]\nname = \"a\"\nkind = \"ldap\"\nbase = \"b\"\nattribute = \"c\"\nfilter = "
        "\"(uid={key})\"\n";
    EXPECT_NE(table_errors(ldap + "uri = \"ldap://h\"\nbind_dn = \"cn=x\"\n")
                  .find("1:1: bind_dn and password_file"),
              std::string::npos);
    EXPECT_NE(table_errors(ldap + "uri = \"ldaps://h\"\nstarttls = true\n").find("8:1: starttls goes with"),
              std::string::npos);
    EXPECT_NE(table_errors(ldap + "uri = \"h\"\n").find("7:1: uri: \"h\" is none"), std::string::npos);
}

}  // namespace
}  // namespace cursus
