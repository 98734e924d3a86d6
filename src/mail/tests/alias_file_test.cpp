#include "mail/alias_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mail/mailbox.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

AliasFile read_aliases(std::string_view text, BareKey bare_key = BareKey::Name) {
    auto file = AliasFile::parse(std::string(text), bare_key);
    if (!file) ADD_FAILURE() << "line " << file.error().line << ": " << file.error().what;
    return file ? *std::move(file) : AliasFile::parse("").value();
}
std::string error(std::string_view text) {
    const auto file = AliasFile::parse(std::string(text));
    if (file) return "no error";
    return std::to_string(file.error().line) + ": " + file.error().what;
}
std::string value(const AliasFile& file, std::string_view key) {
    const auto entry = file.find(key);
    return entry ? std::string(entry->value) : "not there";
}
// "target text:line", of every target of a key.
std::vector<std::string> targets(const AliasFile& file, std::string_view key) {
    std::vector<std::string> texts;
    const auto entry = file.find(key);
    if (!entry) return {"not there"};
    const auto placed = parse_targets(entry->value, entry->line);
    if (!placed) return {placed.error().what};
    for (const auto& one : *placed) texts.push_back(target_text(one.target) + ":" + std::to_string(one.line));
    return texts;
}

TEST(AliasFile, reads_what_debian_installs) {
    const auto file = read_aliases(R"(# /etc/aliases
mailer-daemon: postmaster
postmaster: root
nobody: root
hostmaster: root
www: root

# who reads root's mail
root: ann
)");
    EXPECT_EQ(file.size(), 6);
    EXPECT_THAT(targets(file, "MAILER-DAEMON"), ElementsAre("postmaster:2"));
    EXPECT_THAT(targets(file, "root"), ElementsAre("ann:9"));
    EXPECT_EQ(value(file, "ann"), "not there");
    EXPECT_TRUE(file.warnings().empty());
}

TEST(AliasFile, reads_what_list_managers_install) {
    const auto file = read_aliases(R"(## test mailing list
test:              "|/var/lib/mailman/mail/mailman post test"
test-bounces:      "|/var/lib/mailman/mail/mailman bounces test"
majordomo:    "|/usr/lib/majordomo/wrapper majordomo"
owner-list:   ann,
              bob@example.org
list:         "|/usr/lib/majordomo/wrapper resend -l list list-list"
list-list:    :include:/usr/lib/majordomo/lists/list
sympa: "| /usr/lib/sympa/bin/queue sympa@example.org"
spam:         /dev/null
)");
    EXPECT_THAT(targets(file, "test"), ElementsAre(R"("|/var/lib/mailman/mail/mailman post test":2)"));
    EXPECT_THAT(targets(file, "owner-list"), ElementsAre("ann:5", "bob@example.org:6"));
    EXPECT_THAT(targets(file, "list-list"), ElementsAre(":include:/usr/lib/majordomo/lists/list:8"));
    EXPECT_THAT(targets(file, "sympa"), ElementsAre(R"("|/usr/lib/sympa/bin/queue sympa@example.org":9)"));
    EXPECT_THAT(targets(file, "spam"), ElementsAre(":blackhole::10"));
}

TEST(AliasFile, goes_on_with_an_entry_on_indented_lines_and_keeps_count_of_them) {
    const auto file = read_aliases(
        "all:\r\n  ann,\r\n# a comment\r\n\r\n  # another\r\n\tbob \r\n\r\n# the next\r\nnext : eve");
    EXPECT_THAT(targets(file, "all"), ElementsAre("ann:2", "bob:6"));
    EXPECT_THAT(targets(file, "next"), ElementsAre("eve:9"));
    EXPECT_TRUE(value(file, "all").ends_with("bob"));
}

TEST(AliasFile, finds_keys_in_every_form) {
    const auto file = read_aliases(R"("Ann Lee": 1
"bob": 2
Eve@Example.ORG: 3
@Bücher.example: 4
*.Bücher.example: 5
"a:b"@example.org: 6
JÜrgen: 7
dan@[IPv6:2001:db8::1]: 8
"eve@example.org": 9
)");
    EXPECT_EQ(value(file, "\"ann lee\""), "1");
    EXPECT_EQ(value(file, "Bob"), "2");
    EXPECT_EQ(value(file, "eve@example.org"), "3");
    EXPECT_EQ(value(file, "@xn--bcher-kva.example"), "4");
    EXPECT_EQ(value(file, "@bücher.EXAMPLE"), "4");
    EXPECT_EQ(value(file, "*.xn--bcher-kva.example"), "5");
    EXPECT_EQ(value(file, "\"a:b\"@example.org"), "6");
    EXPECT_EQ(value(file, "jÜrgen"), "7") << "only the case of ASCII is the same to everybody";
    EXPECT_EQ(value(file, "jürgen"), "not there");
    EXPECT_EQ(value(file, "dan@[ipv6:2001:db8::1]"), "8");
    for (const auto* absent : {"", "eve", "@example.org", "eve@example.org ", "\"", "a b", "\xff"})
        EXPECT_EQ(value(file, absent), "not there") << absent;
}

TEST(AliasFile, does_not_take_a_quoted_local_part_for_an_address) {
    const auto file = read_aliases("root@example.org: ann\n");
    const auto stranger = Mailbox::parse(R"("root@example.org"@example.org)").value();
    EXPECT_EQ(value(file, stranger.text()), "not there");
    EXPECT_EQ(value(file, local_part_text(stranger.local_part())), "not there");
}

TEST(AliasFile, takes_bare_keys_as_domains_where_they_are) {
    const auto file = read_aliases("Bücher.example: host:25\n*.x_y: other\n", BareKey::Domain);
    EXPECT_EQ(value(file, "xn--bcher-kva.example"), "host:25");
    EXPECT_EQ(value(file, "*.X_Y"), "other");
}

TEST(AliasFile, keeps_values_as_they_are) {
    const auto file = read_aliases("ann:$6$salt$ha:sh#/\n  bob :  \x01 \xff \nset:\n\nend:");
    EXPECT_EQ(value(file, "ann"), "$6$salt$ha:sh#/\n  bob :  \x01 \xff");
    EXPECT_EQ(value(file, "set"), "");
    EXPECT_EQ(value(file, "end"), "");
}

TEST(AliasFile, lets_the_first_of_two_equal_keys_count_and_warns) {
    const auto file = read_aliases("ann: 1\nbob: 2\nANN: 3\n\"ann\": 4\n");
    EXPECT_EQ(value(file, "ann"), "1");
    ASSERT_EQ(file.warnings().size(), 2);
    EXPECT_EQ(file.warnings()[0].line, 3);
    EXPECT_THAT(file.warnings()[0].what, HasSubstr("\"ann\" stands in line 1 already"));
    EXPECT_EQ(file.size(), 4);
    EXPECT_EQ(file[2].value, "3");
}

TEST(AliasFile, is_an_error_at_a_line_it_cannot_read) {
    using namespace std::string_view_literals;
    EXPECT_THAT(error("# x\n  ann: bob\n"), HasSubstr("2: this line begins with white space"));
    EXPECT_THAT(error("ann: bob\n\ncarl dan\n"), HasSubstr("3: \"carl dan\" has no \":\""));
    EXPECT_THAT(error("ann lee: bob"), HasSubstr("1: \"ann lee\" is no key"));
    EXPECT_THAT(error(": bob"), HasSubstr("1: no key"));
    EXPECT_THAT(error("\"ann: bob"), HasSubstr("has no \":\""));
    EXPECT_THAT(error("\"\": bob"), HasSubstr("is no key"));
    EXPECT_THAT(error("\"a\"b: bob"), HasSubstr("is no key"));
    EXPECT_THAT(error("a\x01: bob"), HasSubstr("control byte"));
    EXPECT_THAT(error("\xff: bob"), HasSubstr("UTF-8"));
    EXPECT_THAT(error("ann: bo\0b\n"sv), HasSubstr("1: a NUL"));
    EXPECT_THAT(error(std::string(alias_key_octets_max + 1, 'a') + ":"), HasSubstr("more than 1024 octets"));
    EXPECT_THAT(error(std::string(alias_file_octets_max + 1, '\n')), HasSubstr("divide it"));
}

TEST(AliasFile, is_found_whole_when_it_is_large) {
    std::string text;
    constexpr int count = 100'000;
    for (int i = 0; i < count; ++i) text += "user" + std::to_string(i) + ": box" + std::to_string(i) + "\n";
    const auto file = read_aliases(text);
    for (int i = 0; i < count; ++i)
        ASSERT_EQ(value(file, "user" + std::to_string(i)), "box" + std::to_string(i));
    EXPECT_EQ(value(file, "user" + std::to_string(count)), "not there");
}

}  // namespace
}  // namespace cursus
