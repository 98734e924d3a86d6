#include "base/printable.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(Printable, what_a_terminal_would_obey_is_written_out) {
    EXPECT_EQ(printable("a\r\nb\x1b[2J\x7f"), "a\\x0d\\x0ab\\x1b[2J\\x7f");
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
    EXPECT_EQ(printable("\xc2\x9b"
                        "2J"),
              "\\xc2\\x9b2J")
        << "U+009B begins a command as ESC [ does";
}

TEST(Printable, what_is_text_stays_and_what_is_not_utf8_is_written_out) {
    EXPECT_EQ(printable("m\xc3\xbcller \xe2\x82\xac"), "m\xc3\xbcller \xe2\x82\xac");
    EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
    EXPECT_EQ(printable("\xc2\xa0"), "\xc2\xa0");
    EXPECT_EQ(printable(""), "");
}

}  // namespace
}  // namespace cursus
