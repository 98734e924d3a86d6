#include <gtest/gtest.h>

#include "mail/mailbox.h"
#include "mail/tests/text.h"

namespace cursus {
namespace {

using namespace std::string_literals;

std::string parsed(std::string_view text) {
    return text_of(Mailbox::parse(text));
}

std::string domain_of(std::string_view text) {
    const auto result = Domain::parse(text);
    return result ? result->text() : "refused";
}

TEST(Domain, is_held_in_lower_case) {
    EXPECT_EQ(domain_of("Example.ORG"), "example.org");
    EXPECT_EQ(domain_of("localhost"), "localhost");
    EXPECT_EQ(domain_of("3com.example"), "3com.example");
    EXPECT_EQ(domain_of("XN--BCHER-KVA.example"), "xn--bcher-kva.example");
}

TEST(Domain, refuses_what_is_no_host_name) {
    for (const std::string& text :
         {""s, "."s, "example.org."s, ".example.org"s, "a..b"s, "-a.example"s, "a-.example"s, "a_b.example"s,
          "a b.example"s, "a.example\0"s, "a\r\n.example"s, "192.0.2.1"s, "example.1"s, "[192.0.2.1]"s,
          "a/b"s, "a@b"s, "*.example"s, std::string(64, 'a') + ".example"}) {
        EXPECT_EQ(domain_of(text), "refused") << text;
    }
    const std::string long_name =
        std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + '.';
    EXPECT_EQ(domain_of(long_name + std::string(61, 'd')).size(), 253U);
    EXPECT_EQ(domain_of(long_name + std::string(62, 'd')), "refused");
}

TEST(Domain, turns_u_labels_into_a_labels_and_back) {
    EXPECT_EQ(domain_of("bücher.example"), "xn--bcher-kva.example");
    EXPECT_EQ(domain_of("Bücher.EXAMPLE"), "xn--bcher-kva.example");
    EXPECT_EQ(domain_of("例え.テスト"), "xn--r8jz45g.xn--zckzah");
    EXPECT_EQ(domain_of("straße.example"), "xn--strae-oqa.example");  // IDNA2008: not strasse
    EXPECT_EQ(domain("xn--bcher-kva.example").unicode(), "bücher.example");
    EXPECT_EQ(domain("example.org").unicode(), "example.org");
    EXPECT_EQ(domain("xn--a.example").unicode(), "xn--a.example");  // no valid A-label: shown as it is
}

TEST(Domain, refuses_u_labels_that_only_a_mapping_would_make_valid) {
    for (const std::string& text :
         {"ｅxample.org"s, "example。org"s, "ex\u00adample.org"s, "a\u2100.example"s, "☃.example"s,
          "\xff.example"s, "b\xc3.example"s, "bu\u0308cher.exa\0mple"s}) {
        EXPECT_EQ(domain_of(text), "refused") << text;
    }
}

TEST(Domain, knows_what_it_is_under) {
    EXPECT_TRUE(domain("a.b.example").is_under("example"));
    EXPECT_TRUE(domain("a.b.example").is_under("b.example"));
    EXPECT_FALSE(domain("b.example").is_under("b.example"));
    EXPECT_FALSE(domain("ab.example").is_under("b.example"));
    EXPECT_FALSE(domain("b.example").is_under(""));
}

TEST(Mailbox, takes_dot_strings_with_their_case) {
    EXPECT_EQ(parsed("Ann.Lee@Example.org"), "Ann.Lee@example.org");
    EXPECT_EQ(parsed("!#$%&'*+-/=?^_`{|}~@a.example"), "!#$%&'*+-/=?^_`{|}~@a.example");
    EXPECT_NE(Mailbox::parse("Ann@a.example"), Mailbox::parse("ann@a.example"));
}

TEST(Mailbox, is_the_same_however_it_was_quoted) {
    EXPECT_EQ(Mailbox::parse("\"ann\"@a.example"), Mailbox::parse("ann@a.example"));
    EXPECT_EQ(Mailbox::parse("\"a\\n\\n\"@a.example"), Mailbox::parse("ann@a.example"));
    EXPECT_EQ(parsed("\"Joe\\,Smith\"@a.example"), "\"Joe,Smith\"@a.example");
    EXPECT_EQ(parsed("\"a\\\"b\\\\c\"@a.example"), "\"a\\\"b\\\\c\"@a.example");
    EXPECT_EQ(parsed("\"a@b\"@a.example"), "\"a@b\"@a.example");
    EXPECT_EQ(parsed("\" \"@a.example"), "\" \"@a.example");
    EXPECT_EQ(parsed("\"a..b\"@a.example"), "\"a..b\"@a.example");
    EXPECT_EQ(parsed("\".\"@a.example"), "\".\"@a.example");
}

TEST(Mailbox, refuses_bad_syntax) {
    for (const char* text : {"",
                             "@",

                             "ann@",
                             "@a.example",
                             ".ann@a.example",
                             "ann.@a.example",
                             "a..b@a.example",
                             "a b@a.example",
                             "a(c)@a.example",
                             "<ann@a.example>",
                             "\"ann@a.example",
                             "\"ann\"x@a.example",
                             "x\"ann\"@a.example",
                             "\"\"@a.example",
                             "\"a\\",
                             "\"a\\\"@a.example",
                             "a\\b@a.example",
                             "a,b@a.example",
                             "\"a\"\"b\"@a.example",
                             "\"a\".b@a.example",
                             "\"a\\ü\"@a.example"}) {
        EXPECT_TRUE(parsed(text) == "syntax" || parsed(text) == "bad domain") << text << ": " << parsed(text);
    }
    EXPECT_EQ(parsed("a@b@c.example"), "bad domain");
    EXPECT_EQ(parsed("a@b.example."), "bad domain");
    EXPECT_EQ(parsed("a@b.example (c)"), "bad domain");
}

TEST(Mailbox, refuses_control_bytes_quoted_or_not) {
    for (const std::string& text :
         {"a\rb@a.example"s, "a\n@a.example"s, "\"a\\\n\"@a.example"s, "a\0b@a.example"s,
          "\"a\\\0\"@a.example"s, "a@b\r\n.example"s, "\"\t\"@a.example"s, "a\x7f@a.example"s,
          "\"a\u0085\"@a.example"s, "a\u009b@a.example"s}) {
        EXPECT_EQ(parsed(text), "control byte");
    }
    EXPECT_EQ(text_of(Mailbox::make("a\nb", domain("a.example"))), "control byte");
    EXPECT_EQ(text_of(Mailbox::make("", domain("a.example"))), "syntax");
    EXPECT_EQ(text_of(Mailbox::make("a b", domain("a.example"))), "\"a b\"@a.example");
}

TEST(Mailbox, takes_utf8_and_refuses_what_only_looks_like_it) {
    EXPECT_EQ(parsed("jürgen@bücher.example"), "jürgen@xn--bcher-kva.example");
    EXPECT_TRUE(Mailbox::parse("jürgen@a.example")->needs_smtputf8());
    EXPECT_TRUE(Mailbox::parse("\"j ü\"@a.example")->needs_smtputf8());
    EXPECT_FALSE(Mailbox::parse("ann@bücher.example")->needs_smtputf8());
    for (const std::string& text :
         {"a\xff@a.example"s, "a\xc3@a.example"s, "a\xc0\xaf@a.example"s, "a\xed\xa0\x80@a.example"s,
          "a\xf4\x90\x80\x80@a.example"s, "a@b\xff.example"s}) {
        EXPECT_EQ(parsed(text), "not UTF-8");
    }
}

TEST(Mailbox, takes_address_literals) {
    EXPECT_EQ(parsed("ann@[192.0.2.1]"), "ann@[192.0.2.1]");
    EXPECT_EQ(parsed("ann@[ipv6:2001:DB8::1]"), "ann@[IPv6:2001:db8::1]");
    for (const char* text : {"ann@[]", "ann@[192.0.2]", "ann@[192.0.2.1", "ann@192.0.2.1]",
                             "ann@[2001:db8::1]", "ann@[IPv6:192.0.2.1]", "ann@[IPv6:fe80::1%eth0]",
                             "ann@[IPv6:]", "ann@[x:y]", "ann@[192.0.2.1] "}) {
        EXPECT_EQ(parsed(text), "bad domain") << text;
    }
}

TEST(Mailbox, keeps_its_bounds) {
    EXPECT_EQ(parsed(std::string(local_part_octets_max, 'a') + "@a.example").size(),
              local_part_octets_max + 10);
    EXPECT_EQ(parsed(std::string(local_part_octets_max + 1, 'a') + "@a.example"), "local part too long");
    const auto host = std::string(60, 'a') + '.' + std::string(60, 'b') + '.' + std::string(60, 'c') + '.' +
                      std::string(60, 'd');
    EXPECT_EQ(parsed("0123456789@" + host).size(), 254U);
    EXPECT_EQ(parsed("01234567890@" + host), "path too long");
    EXPECT_EQ(parsed("\"012345 7\"@" + host).size(), 254U);
    EXPECT_EQ(text_of(Mailbox::make("012345678", domain(host))).size(), 253U);
    EXPECT_EQ(text_of(Mailbox::make("01234 678", domain(host))),
              "path too long");  // the quotation marks count
}

TEST(Path, may_be_null_only_for_a_sender) {
    EXPECT_TRUE(std::holds_alternative<NullPath>(*parse_reverse_path("<>")));
    EXPECT_EQ(path_text(*parse_reverse_path("<ann@a.example>")), "<ann@a.example>");
    EXPECT_EQ(path_text(ReversePath(NullPath{})), "<>");
    EXPECT_EQ(text_of(parse_forward_path("<>", domain("own.example"))), "syntax");
}

TEST(Path, drops_a_source_route) {
    const auto own = domain("own.example");
    EXPECT_EQ(text_of(parse_forward_path("<@a.example:ann@b.example>", own)), "ann@b.example");
    EXPECT_EQ(text_of(parse_forward_path("<@a.example,@c.example:ann@b.example>", own)), "ann@b.example");
    for (const char* text : {"<@a.example>", "<@a.example:>", "<@a.example,ann@b.example>",
                             "<@a.example:@c.example:x@y.example>", "<@:ann@b.example>",
                             "<@a.example,:ann@b.example>", "<@a.example, @c.example:x@y.example>"}) {
        EXPECT_FALSE(parse_forward_path(text, own)) << text;
    }
}

TEST(Path, completes_postmaster_and_nothing_else) {
    EXPECT_EQ(text_of(parse_forward_path("<Postmaster>", domain("own.example"))), "Postmaster@own.example");
    EXPECT_EQ(text_of(parse_forward_path("<ann>", domain("own.example"))), "no domain");
    EXPECT_FALSE(parse_reverse_path("<postmaster>"));
}

TEST(Path, is_completed_where_a_domain_for_that_is_given) {
    const auto own = domain("own.example"), qualify = domain("site.example");
    EXPECT_EQ(text_of(parse_forward_path("<ann>", own, &qualify)), "ann@site.example");
    EXPECT_EQ(text_of(parse_forward_path("<\"ann b\">", own, &qualify)), "\"ann b\"@site.example");
    EXPECT_EQ(text_of(parse_forward_path("<postmaster>", own, &qualify)), "postmaster@own.example");
    EXPECT_EQ(text_of(parse_forward_path("<ann@b.example>", own, &qualify)), "ann@b.example");
    EXPECT_EQ(path_text(*parse_reverse_path("<postmaster>", &qualify)), "<postmaster@site.example>");
    EXPECT_TRUE(std::holds_alternative<NullPath>(*parse_reverse_path("<>", &qualify)));
    for (const char* text : {"<ann@>", "<a..b>", "<\"\">", "<\"ann\"b>", "<a b>", "ann"}) {
        EXPECT_FALSE(parse_forward_path(text, own, &qualify)) << text;
    }
}

TEST(Path, needs_its_brackets) {
    for (const char* text :
         {"", "<", ">", "ann@a.example", "<ann@a.example", "ann@a.example>", "<<ann@a.example>>",
          "< ann@a.example>", "<ann@a.example >", "<ann@a.example>>"}) {
        EXPECT_FALSE(parse_reverse_path(text)) << text;
    }
    EXPECT_EQ(parse_reverse_path('<' + std::string(300, 'a') + '>').error(), AddressError::PathTooLong);
}

}  // namespace
}  // namespace cursus
