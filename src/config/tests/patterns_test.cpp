#include "config/patterns.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

template <class Kind, class Pattern>
bool is(const Result<Pattern, std::string>& pattern) {
    return pattern && std::holds_alternative<Kind>(*pattern);
}

bool fits(std::string_view pattern, std::string_view name) {
    return Glob::parse(pattern).value().matches(name);
}

TEST(ClientPattern, is_a_network_a_host_an_expression_or_a_table) {
    EXPECT_TRUE(is<IpNetwork>(parse_client_pattern("192.0.2.0/24")));
    EXPECT_TRUE(is<IpNetwork>(parse_client_pattern("2001:db8::1")));
    EXPECT_TRUE(is<RegexPattern>(parse_client_pattern("/^dyn/")));
    EXPECT_EQ(std::get<TablePattern>(*parse_client_pattern("table:friends")).table, "friends");
    const auto host = std::get<HostPattern>(*parse_client_pattern("Mail.B.example"));
    EXPECT_TRUE(host.matches("mail.b.example"));
    EXPECT_FALSE(host.matches("x.mail.b.example"));
    const auto below =
        std::get<HostPattern>(*parse_client_pattern("*.b\xC3\xBC"
                                                    "cher.example"));
    EXPECT_TRUE(below.matches("a.xn--bcher-kva.example"));
    EXPECT_FALSE(below.matches("xn--bcher-kva.example"));
    EXPECT_FALSE(below.matches("axn--bcher-kva.example"));
}

TEST(ClientPattern, that_is_none_says_what_to_write) {
    EXPECT_EQ(parse_client_pattern("192.0.2.1/24").error(),
              "\"192.0.2.1/24\" is no network: write 192.0.2.0/24 or 2001:db8::/32, with no bits set beyond "
              "the prefix");
    for (const char* text :
         {"", "*", "a.*.example", "192.0.2", "[192.0.2.1]", "table:", "a b", "192.0.2.0/33", "ann@b.example"})
        EXPECT_FALSE(parse_client_pattern(text)) << text;
}

TEST(AddressPattern, is_one_of_seven_kinds) {
    EXPECT_TRUE(is<NullPath>(parse_address_pattern("<>")));
    EXPECT_TRUE(is<Mailbox>(parse_address_pattern("ann@b.example")));
    EXPECT_TRUE(is<Mailbox>(parse_address_pattern("\"ann lee\"@b.example")));
    EXPECT_EQ(std::get<HostPattern>(*parse_address_pattern("@b.example")).reach, HostReach::Itself);
    EXPECT_EQ(std::get<HostPattern>(*parse_address_pattern("@*.b.example")).reach, HostReach::Below);
    EXPECT_EQ(std::get<LiteralPattern>(*parse_address_pattern("@[IPv6:2001:db8::1]")).address.text(),
              "2001:db8::1");
    EXPECT_EQ(std::get<LocalPartPattern>(*parse_address_pattern("PostMaster@")).local_part, "postmaster");
    EXPECT_EQ(std::get<LocalPartPattern>(*parse_address_pattern("\"Ann Lee\"@")).local_part, "ann lee");
    EXPECT_TRUE(is<RegexPattern>(parse_address_pattern("/@b\\.example$/i")));
    EXPECT_TRUE(is<TablePattern>(parse_address_pattern("table:senders")));
}

TEST(AddressPattern, that_is_none_says_what_to_write) {
    for (const char* text : {"", "@", "ann", "b.example", "*", "ann@*.b.example", "@[b.example]",
                             "@[192.0.2.1", "a b@", "<ann@b.example>", "@@", "@*"}) {
        const auto pattern = parse_address_pattern(text);
        ASSERT_FALSE(pattern) << text;
        EXPECT_NE(pattern.error().find('"'), std::string::npos) << text;
    }
}

TEST(NamePattern, is_a_name_with_stars_or_an_expression_or_a_table) {
    EXPECT_TRUE(is<Glob>(parse_name_pattern("*.exe")));
    EXPECT_TRUE(is<RegexPattern>(parse_name_pattern("/\\.exe$/")));
    EXPECT_TRUE(is<TablePattern>(parse_name_pattern("table:names")));
    EXPECT_FALSE(parse_name_pattern(""));
    EXPECT_FALSE(parse_name_pattern("a\tb"));
    EXPECT_FALSE(parse_name_pattern("b\xFC"));
    EXPECT_FALSE(parse_name_pattern(std::string(257, 'a')));
}

TEST(Glob, fits_whole_names_whatever_their_case) {
    EXPECT_TRUE(fits("invoice.exe", "Invoice.EXE"));
    EXPECT_FALSE(fits("invoice.exe", "invoice.exe.txt"));
    EXPECT_FALSE(fits("invoice.exe", "invoice.ex"));
    EXPECT_TRUE(fits("*", ""));
    EXPECT_TRUE(fits("*.exe", "a.exe.exe"));
    EXPECT_FALSE(fits("*.exe", "a.exe.txt"));
    EXPECT_TRUE(fits("a*b*c", "aXbYbZc"));
    EXPECT_FALSE(fits("a*b*c", "acb"));
    EXPECT_FALSE(fits("a*", std::string_view("\0a", 2)));
}

TEST(Glob, takes_any_one_character_for_a_question_mark) {
    EXPECT_TRUE(fits("a?c", "abc"));
    EXPECT_TRUE(fits("a?c",
                     "a\xC3\xBC"
                     "c"));
    EXPECT_TRUE(fits("a?c",
                     "a\xFC"
                     "c"));
    EXPECT_FALSE(fits("a?c", "ac"));
    EXPECT_TRUE(fits("?*?", "ab"));
    EXPECT_FALSE(fits("?*?", "\xC3\xBC"));
}

// Steps, not time: with one star after the other tried anew, this would never end.
TEST(Glob, does_not_explode) {
    std::string pattern;
    for (int i = 0; i < 100; ++i) pattern += "*a";
    pattern += "*b";
    EXPECT_FALSE(fits(pattern, std::string(200'000, 'a')));
}

TEST(RegexPattern, is_found_anywhere_unless_it_is_bound) {
    const auto anywhere = RegexPattern::parse("/b.d/").value();
    EXPECT_TRUE(anywhere.matches("abcde"));
    EXPECT_FALSE(anywhere.matches("aBcDe"));
    EXPECT_TRUE(RegexPattern::parse("/b.d/i")->matches("aBcDe"));
    EXPECT_FALSE(RegexPattern::parse("/^b.d$/")->matches("abcde"));
    EXPECT_TRUE(RegexPattern::parse("/a\\/b/")->matches("a/b"));
    EXPECT_EQ(*RegexPattern::parse("/a/"), *RegexPattern::parse("/a/"));
    EXPECT_FALSE(*RegexPattern::parse("/a/") == *RegexPattern::parse("/a/i"));
}

TEST(RegexPattern, that_is_none_or_too_big_says_so) {
    EXPECT_EQ(RegexPattern::parse("/a").error(), "no pattern stands here: write /pattern/");
    EXPECT_EQ(RegexPattern::parse("/a/x").error(), "\"x\" is no flag; the only one is i");
    EXPECT_EQ(RegexPattern::parse("/a/ b").error(), "\" b\" stands behind the pattern: take it out");
    EXPECT_EQ(RegexPattern::parse("/(/").error(), "/(/ is no pattern: missing ): (");
    EXPECT_NE(RegexPattern::parse("/((a{1,100}){1,100}){1,100}/").error().find("no pattern"),
              std::string::npos);
    EXPECT_NE(RegexPattern::parse("/(a|b|cd){500}/").error().find("steps, and 2000 are allowed"),
              std::string::npos);
    EXPECT_FALSE(RegexPattern::parse("/" + std::string(5'000, 'a') + "/"));
}

TEST(RegexPattern, takes_linear_time_where_others_explode) {
    EXPECT_FALSE(RegexPattern::parse("/^(a+)+$/")->matches(std::string(60'000, 'a') + "b"));
    EXPECT_TRUE(RegexPattern::parse("/^a+$/")->matches(std::string(regex_subject_octets_max, 'a') + "b"));
}

}  // namespace
}  // namespace cursus
