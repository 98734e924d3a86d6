#include "mail/header_edit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "mail/header.h"

namespace cursus {
namespace {

constexpr std::string_view header =
    "From: a@b.example\r\nX-A: 1\r\nSubject:  An offer\r\n for you\r\nx-a: 2\r\n";

std::string with(std::vector<HeaderEdit> edits) {
    return edited_header(header, edits);
}

TEST(HeaderEdits, leave_all_else_as_it_is) {
    EXPECT_EQ(with({}), header);
    EXPECT_EQ(with({HeaderEdit::append("X-B", "3")}), std::string(header) + "X-B: 3\r\n");
    EXPECT_EQ(with({HeaderEdit::insert(0, "X-B", "3")}), "X-B: 3\r\n" + std::string(header));
}

TEST(HeaderEdits, insert_before_a_field_by_its_place) {
    EXPECT_EQ(with({HeaderEdit::insert(1, "X-B", "3")}),
              "From: a@b.example\r\nX-B: 3\r\nX-A: 1\r\nSubject:  An offer\r\n for you\r\nx-a: 2\r\n");
    EXPECT_EQ(with({HeaderEdit::insert(99, "X-B", "3")}), with({HeaderEdit::append("X-B", "3")}));
}

TEST(HeaderEdits, change_one_of_a_name_by_its_number_and_keep_its_spelling) {
    EXPECT_EQ(with({HeaderEdit::change(2, "X-A", "new")}),
              "From: a@b.example\r\nX-A: 1\r\nSubject:  An offer\r\n for you\r\nx-a: new\r\n");
    EXPECT_EQ(with({HeaderEdit::change(1, "X-A", "")}),
              "From: a@b.example\r\nSubject:  An offer\r\n for you\r\nx-a: 2\r\n");
    EXPECT_EQ(with({HeaderEdit::change(3, "X-A", "3")}), std::string(header) + "X-A: 3\r\n");
    EXPECT_EQ(with({HeaderEdit::change(3, "X-A", "")}), header);
}

TEST(HeaderEdits, remove_one_of_a_name_counted_from_the_last) {
    EXPECT_EQ(with({HeaderEdit::remove_from_end(1, "X-A")}), with({HeaderEdit::change(2, "X-A", "")}));
    EXPECT_EQ(with({HeaderEdit::remove_from_end(2, "X-A")}), with({HeaderEdit::change(1, "X-A", "")}));
    EXPECT_EQ(with({HeaderEdit::remove_from_end(1, "X-A"), HeaderEdit::remove_from_end(1, "X-A")}),
              with({HeaderEdit::remove_all("X-A")}));
    for (const std::uint32_t index : {0, 3})
        EXPECT_EQ(with({HeaderEdit::remove_from_end(index, "X-A")}), header);
}

TEST(HeaderEdits, lose_nothing_of_a_header_that_is_too_long_to_be_looked_at) {
    std::string large;
    while (large.size() < header_octets_max + 100'000) large += "X-Large: " + std::string(900, 'a') + "\r\n";
    EXPECT_EQ(edited_header(large, {}), large);
    EXPECT_EQ(edited_header(large, {HeaderEdit::insert(0, "X-B", "3")}), "X-B: 3\r\n" + large);
}

TEST(HeaderEdits, are_made_one_after_the_other) {
    EXPECT_EQ(with({HeaderEdit::change(1, "X-A", ""), HeaderEdit::change(1, "X-A", "was second")}),
              "From: a@b.example\r\nSubject:  An offer\r\n for you\r\nx-a: was second\r\n");
    EXPECT_EQ(with({HeaderEdit::remove_all("X-A"), HeaderEdit::append("X-A", "ours")}),
              "From: a@b.example\r\nSubject:  An offer\r\n for you\r\nX-A: ours\r\n");
}

TEST(HeaderEdits, tag_a_subject_once) {
    const std::string tagged = with({HeaderEdit::tag_subject("[SPAM]")});
    EXPECT_EQ(tagged, "From: a@b.example\r\nX-A: 1\r\nSubject:  [SPAM] An offer\r\n for you\r\nx-a: 2\r\n");
    EXPECT_EQ(edited_header(tagged, {HeaderEdit::tag_subject("[SPAM]")}), tagged);
    EXPECT_EQ(edited_header("From: a\r\n", {HeaderEdit::tag_subject("[SPAM]")}),
              "From: a\r\nSubject: [SPAM]\r\n");
}

// RFC 5322 §2.1.1.
TEST(HeaderEdits, tag_a_long_subject_on_a_line_of_its_own) {
    const std::string subject(980, 'x');
    EXPECT_EQ(edited_header("Subject: " + subject + "\r\n", {HeaderEdit::tag_subject("[SPAM]")}),
              "Subject: [SPAM] " + subject + "\r\n");
    EXPECT_EQ(edited_header("Subject: x" + subject + "xx\r\n", {HeaderEdit::tag_subject("[SPAM]")}),
              "Subject: [SPAM]\r\n x" + subject + "xx\r\n");
    EXPECT_EQ(edited_header("Subject: a\r\n " + subject + "\r\n", {HeaderEdit::tag_subject("[SPAM]")}),
              "Subject: [SPAM] a\r\n " + subject + "\r\n");
}

TEST(HeaderEdits, end_a_header_that_has_no_end_before_they_add_to_it) {
    EXPECT_EQ(edited_header("From: a", {HeaderEdit::append("X-B", "3")}), "From: a\r\nX-B: 3\r\n");
}

TEST(HeaderEdits, that_would_be_more_than_one_field_are_left_out) {
    for (const std::string body :
         {"a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\r\n\r\nbody", "a\r\n \r\nb", "a\r\n"}) {
        EXPECT_FALSE(is_safe(HeaderEdit::append("X-B", body))) << body;
        EXPECT_EQ(with({HeaderEdit::append("X-B", body)}), header) << body;
    }
    EXPECT_FALSE(is_safe(HeaderEdit::append("X-B", std::string("a\0b", 3))));
    EXPECT_FALSE(is_safe(HeaderEdit::append("X-B", std::string(1'000, 'a'))));
    EXPECT_FALSE(is_safe(HeaderEdit::append("X B", "a")));
    EXPECT_FALSE(is_safe(HeaderEdit::append("", "a")));
    EXPECT_FALSE(is_safe(HeaderEdit::append("X:B", "a")));
    EXPECT_TRUE(is_safe(HeaderEdit::append("X-B", "a\r\n b\r\n\tc")));
}

TEST(HeaderEdits, fold_what_is_long) {
    std::string words;
    for (int i = 0; i < 60; ++i) words += "word ";
    words += "end";
    const std::string out = edited_header("", {HeaderEdit::append("X-Long", words)});
    std::string unfolded = out.substr(8, out.size() - 10);
    std::erase_if(unfolded, [](char c) { return c == '\r' || c == '\n'; });
    EXPECT_EQ(unfolded, words);
    for (std::size_t from = 0; from < out.size();) {
        const auto end = out.find("\r\n", from);
        EXPECT_LE(end - from, 79U);
        from = end + 2;
    }
}

// RFC 5322 §3.2.2: a line of white space alone may end the header.
TEST(HeaderEdits, fold_no_run_of_spaces_into_lines_of_their_own) {
    const std::string spaces(400, ' ');
    EXPECT_EQ(edited_header("", {HeaderEdit::append("X-A", "a" + spaces + "b")}),
              "X-A: a" + std::string(72, ' ') + "\r\n" + std::string(328, ' ') + "b\r\n");
    EXPECT_EQ(edited_header("", {HeaderEdit::append("X-A", "a" + spaces + "b c")}),
              "X-A: a" + std::string(72, ' ') + "\r\n" + std::string(328, ' ') + "b\r\n c\r\n");
    EXPECT_EQ(edited_header("", {HeaderEdit::append("X-A", "a" + spaces)}), "X-A: a" + spaces + "\r\n");
}

TEST(HeaderEdits, that_remove_need_only_a_name) {
    const std::string name(1'200, 'x');
    EXPECT_FALSE(is_safe(HeaderEdit::append(name, "")));
    EXPECT_TRUE(is_safe(HeaderEdit::remove_all(name)));
    EXPECT_EQ(edited_header(name + ": y\r\n", {HeaderEdit::change(1, name, "")}), "");
}

TEST(HeaderEdits, add_only_so_much) {
    std::vector<HeaderEdit> edits(2'000, HeaderEdit::append("X-Much", std::string(900, 'a')));
    EXPECT_LE(with(edits).size(), header.size() + edits_octets_max + edits_octets_max / 900 * 20);
    EXPECT_GT(with(edits).size(), edits_octets_max / 2);
}

TEST(HeaderEdits, reach_behind_a_line_that_is_no_field_and_add_before_it) {
    const std::string fields = "A: 1\r\njunk\r\nX-Flag: NO\r\nB: 2\r\n";
    EXPECT_EQ(edited_header(fields, {HeaderEdit::remove_all("X-Flag"), HeaderEdit::append("X-Flag", "YES"),
                                     HeaderEdit::insert(9, "C", "3"), HeaderEdit::change(1, "B", "4")}),
              "A: 1\r\nX-Flag: YES\r\nC: 3\r\njunk\r\nB: 4\r\n");
}

TEST(HeaderEdits, of_one_name_are_counted_while_some_go_and_others_come) {
    const std::string fields = "A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n";
    EXPECT_EQ(edited_header(fields, {HeaderEdit::change(1, "a", ""), HeaderEdit::change(2, "a", ""),
                                     HeaderEdit::insert(1, "A", "new"), HeaderEdit::change(3, "A", "last"),
                                     HeaderEdit::remove_from_end(2, "A"), HeaderEdit::append("A", "5"),
                                     HeaderEdit::change(3, "A", "6")}),
              "A: 2\r\nA: last\r\nA: 6\r\n");
}

}  // namespace
}  // namespace cursus
