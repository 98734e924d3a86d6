#include <gtest/gtest.h>

#include <fmt/format.h>

#include "mail/target.h"
#include "route/regex_table.h"

namespace cursus {
namespace {

std::string find(const std::string& text, std::string_view key) {
    const auto parsed = parse_regex_table(text);
    if (!parsed) return fmt::format("{}: {}", parsed.error().line, parsed.error().what);
    const auto row = parsed->content->find(key);
    return row ? fmt::format("{} ({})", row->value, row->line) : "not there";
}

TEST(RegexTable, the_first_pattern_that_is_found_counts) {
    const std::string text =
        "# lists\n\n/^staff@/ ann, bob\n/ST/i  third\n/^(list|news)-(.*)@old\\.example$/ "
        "$2+${1}@new.example,\n"
        "   archive@new.example\n";
    EXPECT_EQ(find(text, "staff@example.org"), "ann, bob (3)");
    EXPECT_EQ(find(text, "a-stone"), "third (4)");
    EXPECT_EQ(find(text, "news-sport@old.example"), "sport+news@new.example, archive@new.example (5)");
    EXPECT_EQ(find(text, "news-sport@oldxexample"), "not there");
}

TEST(RegexTable, every_way_to_write_a_capture_is_one) {
    EXPECT_EQ(find("/^(a)(b)(c)(d)$/ $1@x.example, \\2@x.example, ${3}@x.example, $(4)@x.example", "abcd"),
              "a@x.example, b@x.example, c@x.example, d@x.example (1)");
    EXPECT_EQ(find("/^(.*)@(.*)\\.old$/ $1@$2.new", "ann@mail.old"), "ann@mail.new (1)");
    EXPECT_EQ(find("/^(.*)$/ \\$1", "ann"), "\\ann (1)");
    EXPECT_EQ(find("/^price$/ \"$$5\"@x.example", "price"), "\"$5\"@x.example (1)");
}

TEST(RegexTable, a_slash_can_be_a_part_of_a_pattern) {
    EXPECT_EQ(find("/^a\\/b$/ slash", "a/b"), "slash (1)");
}

TEST(RegexTable, fixed_values_may_be_anything) {
    EXPECT_EQ(find("/^robot@/ |/usr/bin/robot --quick", "robot@x"), "|/usr/bin/robot --quick (1)");
    EXPECT_EQ(find("/^all$/ :include:/etc/cursus/all", "all"), ":include:/etc/cursus/all (1)");
}

// Invariant 5.
TEST(RegexTable, a_capture_is_never_written_into_a_command_a_path_or_an_include) {
    for (const std::string value : {"|/usr/bin/robot $1", "\"|/usr/bin/robot $1\"", "/var/mail/$1",
                                    "/var/mail/\\1/", ":include:/lists/$1", ":fail: no $1 here",
                                    "ann, |/bin/x $1", ":include:/lists/all, $1@example.org"}) {
        const auto told = find("/^(.*)$/ " + value, "ann");
        EXPECT_TRUE(told.starts_with("1: ")) << value << " gives " << told;
    }
}

TEST(RegexTable, captured_text_stays_one_part_of_one_address) {
    const std::vector<std::string> keys{"|/bin/sh",
                                        "/etc/passwd",
                                        "/etc/passwd/",
                                        ":include:/etc/passwd",
                                        ":fail: x",
                                        "a, b",
                                        "a,|/bin/sh",
                                        "\\root",
                                        "\"|/bin/sh\"",
                                        "\" |/bin/sh\"",
                                        "ann@evil.example",
                                        "a b",
                                        "\"a b\"",
                                        "a\"b",
                                        "<a@b>",
                                        "(comment)",
                                        "#",
                                        "",
                                        " ",
                                        "\"\"",
                                        "a\nb",
                                        "a\rb",
                                        std::string("a\0b", 3),
                                        std::string(500, 'a'),
                                        "\xff\xfe",
                                        "ann;bob",
                                        "owner@x, |sh",
                                        "ann>"};
    for (const auto& key : keys) {
        for (const std::string value :
             {"$1", "$1@example.org", "\"$1\"@example.org", "list-$1@example.org"}) {
            const auto parsed = parse_regex_table("/(?s)^(.*)$/ " + value);
            ASSERT_TRUE(parsed) << parsed.error().what;
            const auto row = parsed->content->find(key);
            if (!row) continue;
            const auto targets = parse_targets(row->value);
            ASSERT_TRUE(targets) << row->value;
            ASSERT_EQ(targets->size(), 1u) << row->value;
            const auto* address = std::get_if<AddressTarget>(&targets->front().target);
            ASSERT_NE(address, nullptr) << row->value;
            EXPECT_FALSE(address->is_final) << row->value;
            if (value != "$1") {
                ASSERT_TRUE(address->host) << row->value;
                EXPECT_EQ(host_text(*address->host), "example.org") << row->value;
            }
        }
    }
}

TEST(RegexTable, a_quoted_local_part_is_written_as_what_it_means) {
    EXPECT_EQ(find("/^(.*)@old.example$/ $1@new.example", "\"a b\"@old.example"),
              "<\"a b\"@new.example> (1)");
    EXPECT_EQ(find("/^(.*)@old.example$/ $1@new.example", "\"ann\"@old.example"), "ann@new.example (1)");
}

TEST(RegexTable, captured_text_that_is_no_domain_gives_no_address) {
    EXPECT_EQ(find("/^(.*)$/ postmaster@$1", "example.org"), "postmaster@example.org (1)");
    for (const std::string key : {"a b", "x, |sh", "[127.0.0.1]", "", "a@b", "-", "..", "a/b"})
        EXPECT_EQ(find("/^(.*)$/ postmaster@$1", key), "not there") << key;
}

TEST(RegexTable, a_group_that_took_no_part_is_empty) {
    EXPECT_EQ(find("/^(a)?b$/ x$1@example.org", "b"), "x@example.org (1)");
    EXPECT_EQ(find("/^(a)?b$/ $1@example.org", "b"), "not there");
}

TEST(RegexTable, what_is_wrong_is_said_with_its_line) {
    EXPECT_EQ(find("/a/ b\nc d\n", ""), "2: no pattern stands here: write /pattern/");
    EXPECT_EQ(find("/a b\n", ""), "1: no pattern stands here: write /pattern/");
    EXPECT_EQ(find("/a/\n", ""), "1: no value stands here: write /pattern/ value");
    EXPECT_EQ(find("/a/x b\n", ""), "1: \"x\" is no flag; the only one is i");
    EXPECT_EQ(find("\n/(/ b\n", ""), "2: /(/ is no pattern: missing ): (");
    EXPECT_EQ(find("/(a)/ $2@b\n", ""), "1: $2: the pattern has 1 captures");
    EXPECT_EQ(find("/(a)/ $0@b\n", ""), "1: $0: the pattern has 1 captures");
    EXPECT_EQ(find("/a/ $b\n", ""), "1: write $$ for a dollar sign that stands for itself");
    EXPECT_EQ(find(" /a/ b\n", "").substr(0, 3), "1: ");
    EXPECT_EQ(find("/(a)/ postmaster@b\xc3\xbc$1.example\n", "").substr(0, 3), "1: ");
}

TEST(RegexTable, a_pattern_that_would_need_too_much_memory_is_refused) {
    EXPECT_TRUE(find("/((a{100}){100}){100}/ b\n", "").starts_with("1: "))
        << find("/((a{100}){100}){100}/ b\n", "");
}

TEST(RegexTable, time_does_not_explode) {
    EXPECT_EQ(find("/^(a+)+$/ b", std::string(1000, 'a') + "!"), "not there");
    EXPECT_EQ(find("/a/ b", std::string(regex_key_bytes_max + 1, 'a')), "not there");
}

}  // namespace
}  // namespace cursus
