#include "mail/mbox.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr WallTime when = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h + 34min + 56s + 789ms;

std::string quoted(std::string_view text, std::size_t piece_bytes) {
    FromQuoting quoting;
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes)
        out += quoting.add(text.substr(at, piece_bytes));
    return out + quoting.end();
}

TEST(FromLine, has_the_sender_and_the_time_in_utc) {
    EXPECT_EQ(from_line("ann@example.org", when), "From ann@example.org Sun Mar  1 12:34:56 2026\n");
}

TEST(FromLine, names_the_daemon_for_the_null_path) {
    EXPECT_EQ(from_line("", when), "From MAILER-DAEMON Sun Mar  1 12:34:56 2026\n");
}

TEST(FromLine, is_one_line_of_words_whatever_the_sender) {
    EXPECT_EQ(from_line("\"a b\n\tc\x7f\"@example.org", when),
              "From \"a_b__c_\"@example.org Sun Mar  1 12:34:56 2026\n");
}

TEST(FromQuoting, marks_what_looks_like_the_beginning_of_a_message_and_nothing_else) {
    const std::string text =
        "From here\nFrom: a header\n>From there\n>>From afar\n>Frome\n > From\nFrom\nfrom me\nIn From "
        "me\nFro";
    const std::string expected =
        ">From here\nFrom: a header\n>>From there\n>>>From afar\n>Frome\n > From\nFrom\nfrom me\nIn From "
        "me\nFro\n\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece)
        EXPECT_EQ(quoted(text, piece), expected) << piece;
}

TEST(FromQuoting, ends_every_message_with_one_empty_line) {
    EXPECT_EQ(quoted("text\n", 3), "text\n\n");
    EXPECT_EQ(quoted("text", 3), "text\n\n");
    EXPECT_EQ(quoted("", 3), "\n");
    EXPECT_EQ(quoted("text\n>>", 3), "text\n>>\n\n");
    EXPECT_EQ(quoted("text\nFrom ", 3), "text\n>From \n\n");
}

}  // namespace
}  // namespace cursus
