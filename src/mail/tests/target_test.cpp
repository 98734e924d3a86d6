#include "mail/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

AddressTarget address(std::string local_part) {
    return {std::move(local_part), std::nullopt, false};
}
AddressTarget address(std::string local_part, std::string_view domain) {
    return {std::move(local_part), Domain::parse(domain).value(), false};
}
AddressTarget final_address(AddressTarget target) {
    target.is_final = true;
    return target;
}
CommandTarget command(std::vector<std::string> arguments) {
    return {std::move(arguments)};
}

// Of a text that must be a good list.
std::vector<Target> targets(std::string_view text) {
    const auto placed = parse_targets(text);
    if (!placed) {
        ADD_FAILURE() << text << ": line " << placed.error().line << ": " << placed.error().what;
        return {};
    }
    std::vector<Target> bare;
    for (const auto& one : *placed) bare.push_back(one.target);
    return bare;
}
std::string target_error(std::string_view text) {
    const auto placed = parse_targets(text);
    if (placed) return "no error";
    return std::to_string(placed.error().line) + ": " + placed.error().what;
}

struct Sample {
    std::string_view text;
    Target target;
};

void expect_each(const std::vector<Sample>& samples) {
    for (const auto& [text, target] : samples) {
        EXPECT_THAT(targets(text), ElementsAre(target)) << text;
        const auto again = target_text(target);
        EXPECT_THAT(targets(again), ElementsAre(target)) << again;
    }
}

TEST(Target, takes_addresses_in_every_form_that_files_have) {
    expect_each({
        {"ann", address("ann")},
        {"Ann.Lee", address("Ann.Lee")},
        {"o'brien", address("o'brien")},
        {"jürgen@bücher.example", address("jürgen", "xn--bcher-kva.example")},
        {"ann@Example.ORG", address("ann", "example.org")},
        {"list+ann=example.org@lists.example", address("list+ann=example.org", "lists.example")},
        {R"("ann lee"@example.org)", address("ann lee", "example.org")},
        {R"("a@b"@example.org)", address("a@b", "example.org")},
        {R"("|prog"@example.org)", address("|prog", "example.org")},
        {R"(</s=a/@gate.example>)", address("/s=a/", "gate.example")},
        {R"("Ann Lee")", address("Ann Lee")},
        {R"("ann@example.org")", address("ann", "example.org")},
        {R"(<"ann@example.org">)", address("ann@example.org")},
        {"<ann@example.org>", address("ann", "example.org")},
        {"< ann >", address("ann")},
        {R"("Lee, Ann" <ann@example.org>)", address("ann", "example.org")},
        {"Ann B. Lee <ann@example.org>", address("ann", "example.org")},
        {R"("<x>" <"a>, b"@example.org>)", address("a>, b", "example.org")},
        {"ann@example.org (Ann, \\) (of Lee))", address("ann", "example.org")},
        {"(the boss) ann", address("ann")},
        {R"(\ann)", final_address(address("ann"))},
        {R"(\ann@example.org)", final_address(address("ann", "example.org"))},
        {R"(\"ann lee"@example.org)", final_address(address("ann lee", "example.org"))},
        {R"(<"#ann">)", address("#ann")},
        {"<#ann>", address("#ann")},
        {"ann@[192.0.2.1]", AddressTarget{"ann", IpAddress::parse("192.0.2.1").value(), false}},
    });
}

TEST(Target, takes_files_directories_and_includes) {
    expect_each({
        {"/var/mail/ann", FileTarget{"/var/mail/ann"}},
        {"/var/mail/ann@example.org", FileTarget{"/var/mail/ann@example.org"}},
        {R"("/var/mail/my, box")", FileTarget{"/var/mail/my, box"}},
        {R"("/a\\b\"c")", FileTarget{R"(/a\b"c)"}},
        {"/srv/mail/ann/", DirectoryTarget{"/srv/mail/ann"}},
        {"/srv/mail/ann//", DirectoryTarget{"/srv/mail/ann"}},
        {"/var/..mail/a..", FileTarget{"/var/..mail/a.."}},
        {"/dev/null", BlackholeTarget{}},
        {R"("/dev/null")", BlackholeTarget{}},
        {":blackhole:", BlackholeTarget{}},
        {":include:/etc/mail/list", IncludeTarget{"/etc/mail/list"}},
        {":include: /etc/mail/list", IncludeTarget{"/etc/mail/list"}},
        {R"(":include:/etc/mail/my list")", IncludeTarget{"/etc/mail/my list"}},
        {R"(":include:/etc/mail/list")", IncludeTarget{"/etc/mail/list"}},
    });
}

TEST(Target, splits_commands_as_a_shell_would) {
    expect_each({
        {"|/bin/prog", command({"/bin/prog"})},
        {"| /bin/prog a  b", command({"/bin/prog", "a", "b"})},
        {R"("|/usr/lib/mailman/mail/mailman post list")",
         command({"/usr/lib/mailman/mail/mailman", "post", "list"})},
        {R"("| /usr/lib/sympa/bin/queue list@example.org")",
         command({"/usr/lib/sympa/bin/queue", "list@example.org"})},
        {R"("|exec /usr/bin/procmail")", command({"/usr/bin/procmail"})},
        {R"("|exec /usr/bin/procmail #ann")", command({"/usr/bin/procmail"})},
        {R"(|"/usr/bin/vacation -a allman ann")", command({"/usr/bin/vacation", "-a", "allman", "ann"})},
        {R"(|"/opt/my tools/prog" a)", command({"/opt/my tools/prog", "a"})},
        {R"("|/bin/prog \"a b\" 'c d' e\\ f ''")", command({"/bin/prog", "a b", "c d", "e f", ""})},
        {R"("|/bin/prog a,b \\$x '$y' \"\\$z\"")", command({"/bin/prog", "a,b", "$x", "$y", "$z"})},
        {R"(|/bin/prog 'a, b' c\,d)", command({"/bin/prog", "a, b", "c,d"})},
        {R"("|/bin/prog it\\'s \"it's\" *.txt ~ a#b")",
         command({"/bin/prog", "it's", "it's", "*.txt", "~", "a#b"})},
        {R"("|/bin/sh -c 'a | b > /tmp/c'")", command({"/bin/sh", "-c", "a | b > /tmp/c"})},
    });
}

TEST(Target, refuses_a_command_that_counts_on_a_shell) {
    EXPECT_THAT(target_error(R"("|IFS=' ' && exec /usr/bin/procmail -f- || exit 75 #ann")"), HasSubstr("&"));
    EXPECT_THAT(target_error("|/bin/cat >>/tmp/x"), HasSubstr("> would need a shell"));
    EXPECT_THAT(target_error(R"("|/bin/prog \"$USER\"")"), HasSubstr("$ would need a shell"));
    EXPECT_THAT(target_error("|procmail -f-"), HasSubstr("\"procmail\" is not an absolute path"));
    EXPECT_THAT(target_error("|"), HasSubstr("no command"));
    EXPECT_THAT(target_error(R"("|exec")"), HasSubstr("\"exec\" is not an absolute path"));
    EXPECT_THAT(target_error("|/bin/prog don't"), HasSubstr("not closed"));
    EXPECT_THAT(target_error(R"("|/bin/prog \\")"), HasSubstr("backslash"));
}

TEST(Target, takes_texts_to_the_end_of_their_line) {
    expect_each({
        {":fail:", FailTarget{""}},
        {":fail: Gone, (see \"http://example.org/#new\", please",
         FailTarget{"Gone, (see \"http://example.org/#new\", please"}},
        {":FAIL:gone\t away ", FailTarget{"gone  away"}},
        {":fail: one\r\n   two", FailTarget{"one two"}},
        {R"(":fail: no \"such\", user")", FailTarget{"no \"such\", user"}},
        {":defer: later, please", DeferTarget{"later, please"}},
        {"error:nouser No such user, sorry", FailTarget{"No such user, sorry"}},
        {"error:5.1.1:550 No such user", FailTarget{"No such user"}},
        {"error:4.2.1:450 Later", DeferTarget{"Later"}},
        {"error:tempfail Later", DeferTarget{"Later"}},
        {"error: Nobody here", FailTarget{"Nobody here"}},
    });
    EXPECT_THAT(targets("ann, :fail: a, b\nbob"),
                ElementsAre(address("ann"), FailTarget{"a, b"}, address("bob")));
}

TEST(Target, refuses_paths_that_lead_elsewhere) {
    for (const auto* text :
         {"/var/mail/../ann", "/..", "/a/..", "/a/../", ":include:/etc/../x", R"("/x/../y")"})
        EXPECT_THAT(target_error(text), HasSubstr("\"..\"")) << text;
    EXPECT_THAT(target_error("/"), HasSubstr("root directory"));
    EXPECT_THAT(target_error(":include:list"), HasSubstr("not an absolute path"));
    EXPECT_THAT(target_error(":include:/etc/"), HasSubstr("directory"));
    EXPECT_THAT(target_error("/var/my box"), HasSubstr("put \"...\" around"));
    EXPECT_THAT(target_error("\"/a\tb\""), HasSubstr("tab"));
}

TEST(Target, refuses_what_it_does_not_know) {
    EXPECT_THAT(target_error(":unknown:"), HasSubstr("\":unknown:\" is not known"));
    EXPECT_THAT(target_error(":blackhole: x"), HasSubstr("nothing behind it"));
    for (const auto* text : {"ann bob", "ann@", "@example.org", "ann@-x-", "a..b", "ann.", "<>", "<ann",
                             "<ann> bob", "(open", "\"open", "\"\"", "a:b", "ann;", R"(\)", R"(\\ann)",
                             "ann # boss", "a)b", "<@relay.example:ann@example.org>"})
        EXPECT_THAT(target_error(text), HasSubstr("1: ")) << text;
    EXPECT_THAT(target_error("ann bob"), HasSubstr("a comma between two"));
    EXPECT_THAT(target_error(std::string(local_part_octets_max + 1, 'a')), HasSubstr("octets"));
}

TEST(TargetList, is_separated_by_commas_and_line_ends) {
    const auto list = parse_targets(
        "# who is who\r\n,ann, bob,,\r\n\r\n  # indented\n\teve@example.org,\n(nobody)\ndan,", 7);
    ASSERT_TRUE(list);
    EXPECT_THAT(*list, ElementsAre(PlacedTarget{address("ann"), 8}, PlacedTarget{address("bob"), 8},
                                   PlacedTarget{address("eve", "example.org"), 11},
                                   PlacedTarget{address("dan"), 13}));
    EXPECT_THAT(targets(""), ElementsAre());
    EXPECT_THAT(targets(" \n, # only a comment"), ElementsAre());
}

TEST(TargetList, goes_on_with_quotes_on_indented_lines_only) {
    EXPECT_THAT(targets("\"|/bin/prog a\r\n    b\", ann"),
                ElementsAre(command({"/bin/prog", "a", "b"}), address("ann")));
    EXPECT_THAT(targets("ann (a\n  b)\n bob"), ElementsAre(address("ann"), address("bob")));
    EXPECT_THAT(target_error("ann,\n\"|/bin/prog a\nbob\""), HasSubstr("2: a \""));
    EXPECT_THAT(target_error("<ann\n\n  >"), HasSubstr("1: a <"));
}

TEST(TargetList, asks_whether_an_indented_line_belongs_to_a_command) {
    EXPECT_THAT(target_error("ann\n|/bin/prog a\n  b"), HasSubstr("2: it is not clear"));
    EXPECT_THAT(targets("|/bin/prog a,\n  b"), ElementsAre(command({"/bin/prog", "a"}), address("b")));
    EXPECT_THAT(targets("|/bin/prog a\nb"), ElementsAre(command({"/bin/prog", "a"}), address("b")));
    EXPECT_THAT(targets("|/bin/prog a\n  \nb"), ElementsAre(command({"/bin/prog", "a"}), address("b")));
    EXPECT_THAT(targets("|/bin/prog a\n # c\nb"), ElementsAre(command({"/bin/prog", "a"}), address("b")));
}

TEST(TargetList, refuses_octets_that_no_text_has) {
    using namespace std::string_view_literals;
    EXPECT_THAT(target_error("ann\nbo\0b"sv), HasSubstr("2: a control byte follows \"bo\", 0x00"));
    EXPECT_THAT(target_error("ann\rbob"), HasSubstr("0x0d"));
    EXPECT_THAT(target_error(":fail: \x1b[2J"), HasSubstr("0x1b"));
    EXPECT_THAT(target_error("j\xfcrgen"), HasSubstr("not UTF-8"));
    EXPECT_THAT(target_error("\"|/bin/prog \xc2\x9b\""), HasSubstr("control character"));
    EXPECT_THAT(targets("# j\xfcrgen\nann"), ElementsAre(address("ann")))
        << "comments may be in any character set";
}

TEST(TargetList, has_bounds) {
    std::string many;
    for (std::size_t i = 0; i < targets_max; ++i) many += "a\n";
    EXPECT_EQ(targets(many).size(), targets_max);
    EXPECT_THAT(target_error(many + "a"), HasSubstr("100001: more than 100000 targets"));
    EXPECT_THAT(target_error("/" + std::string(target_octets_max, 'a')), HasSubstr("more than 4096 octets"));
    EXPECT_THAT(target_error(std::string(target_list_octets_max + 1, ',')), HasSubstr("divide it"));
    EXPECT_THAT(target_error(std::string(target_octets_max, '(')), HasSubstr("not closed"));
}

TEST(TargetList, reads_the_aliases_that_distributions_and_list_managers_install) {
    EXPECT_THAT(targets(R"("|/var/lib/mailman/mail/mailman admin test", \root)"),
                ElementsAre(command({"/var/lib/mailman/mail/mailman", "admin", "test"}),
                            final_address(address("root"))));
    EXPECT_THAT(
        targets(
            R"("|/usr/lib/majordomo/wrapper resend -l list -h example.org list-list", /var/list/archive,nobody)"),
        ElementsAre(
            command({"/usr/lib/majordomo/wrapper", "resend", "-l", "list", "-h", "example.org", "list-list"}),
            FileTarget{"/var/list/archive"}, address("nobody")));
    EXPECT_THAT(
        targets(R"(\eric, "|/usr/bin/vacation -a allman eric")"),
        ElementsAre(final_address(address("eric")), command({"/usr/bin/vacation", "-a", "allman", "eric"})));
    EXPECT_THAT(targets(":include:/usr/lib/majordomo/lists/list"),
                ElementsAre(IncludeTarget{"/usr/lib/majordomo/lists/list"}));
}

}  // namespace
}  // namespace cursus
