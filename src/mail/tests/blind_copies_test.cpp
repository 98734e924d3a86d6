#include "mail/blind_copies.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(BlindCopies, are_taken_out_whole_and_nothing_else_is) {
    EXPECT_EQ(without_blind_copies("From: a@b.example\r\n"
                                   "bcc: c@d.example,\r\n\te@f.example\r\n"
                                   "To: g@h.example\r\n"
                                   "Resent-Bcc :i@j.example\r\n"
                                   "X-Bcc: kept\r\n"
                                   "Subject: Bcc: kept\r\n"
                                   "Bcc: again@d.example\r\n"
                                   "\r\n"),
              "From: a@b.example\r\nTo: g@h.example\r\nX-Bcc: kept\r\nSubject: Bcc: kept\r\n\r\n");
}

TEST(BlindCopies, leave_a_header_without_them_alone) {
    for (const char* header : {"From: a@b.example\r\n\r\n", "From: a@b.example\r\n", "\r\n", "",
                               "no field\r\n\r\n", "From: a@b.example\r\nBc: x\r\n\r\n"})
        EXPECT_EQ(without_blind_copies(header), std::nullopt) << header;
}

TEST(BlindCopies, are_found_behind_a_line_that_is_no_field_and_without_an_end) {
    EXPECT_EQ(without_blind_copies("what is this\r\nBcc: c@d.example\r\nTo: g@h.example\r\n"),
              "what is this\r\nTo: g@h.example\r\n");
    EXPECT_EQ(without_blind_copies("Bcc: c@d.example\r\n"), "");
    EXPECT_EQ(without_blind_copies("Bcc: c@d.example\r\n\r\n"), "\r\n");
}

TEST(BlindCopies, are_found_at_the_end_of_a_message_without_a_last_line_end) {
    EXPECT_EQ(without_blind_copies("To: g@h.example\r\nBcc: c@d.example"), "To: g@h.example\r\n");
    EXPECT_EQ(without_blind_copies("To: g@h.example\r\nBcc: c@d.example,\r\n e@f.example"),
              "To: g@h.example\r\n");
    EXPECT_EQ(without_blind_copies("Bcc:"), "");
    EXPECT_EQ(without_blind_copies("Bcc: c@d.example\r\nTo: g@h.example"), "To: g@h.example");
    EXPECT_EQ(without_blind_copies("To: g@h.example\r\nBcc"), std::nullopt) << "no field";
}

}  // namespace
}  // namespace cursus
