#include <gtest/gtest.h>

#include "mail/date_syntax.h"
#include "mail/message_id.h"

namespace cursus {
namespace {

TEST(DateSyntax, takes_dates_and_their_obsolete_forms) {
    for (const char* body :
         {"Tue, 1 Jul 2003 10:52:37 +0200", "1 Jul 2003 10:52 -0000",
          "  Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (NST)", "21 Nov 97 09 (nine) : 55 : 06 GMT",
          "1 jan 103 00:00:00 Z", "29 Feb 2024 23:59:60 EST", "29 Feb 2000 01:02 +1345"})
        EXPECT_TRUE(is_date_time(body)) << body;
}

TEST(DateSyntax, refuses_what_is_no_date) {
    for (const char* body : {"",
                             "yesterday",
                             "Mon, 1 Jul 2003 10:52:37 +0200",
                             "Tue 1 Jul 2003 10:52:37 +0200",
                             "Xyz, 1 Jul 2003 10:52:37 +0200",
                             "31 Jun 2003 10:52:37 +0200",
                             "29 Feb 2023 00:00 +0000",
                             "0 Jul 2003 10:52 +0000",
                             "1 July 2003 10:52 +0000",
                             "1 07 2003 10:52 +0000",
                             "1 Jul 3 10:52 +0000",
                             "1 Jul 20033 10:52 +0000",
                             "1 Jul 1899 10:52 +0000",
                             "1 Jul 2003 24:00 +0000",
                             "1 Jul 2003 1:00 +0000",
                             "1 Jul 2003 10:60 +0000",
                             "1 Jul 2003 10:00:61 +0000",
                             "1 Jul 2003 10:52",
                             "1 Jul 2003 10:52 +02000",
                             "1 Jul 2003 10:52 +0260",
                             "1 Jul 2003 10:52 0200",
                             "1 Jul 2003 10:52 GMT x",
                             "1 Jul 2003 10:52 EST5EDT",
                             "1 Jul 2003 10:52 +0000 (unended",
                             "2003-07-01T10:52:37Z",
                             "(",
                             "1 (",
                             "1 Jul 2003 ("})
        EXPECT_FALSE(is_date_time(body)) << body;
}

TEST(MessageIdSyntax, takes_identifiers_and_their_obsolete_forms) {
    for (const char* body : {"<1234@local.example>", " <a.b-c$d@[192.0.2.1]> \r\n ",
                             "(x) <\"a b\"@c.example> (y)", "<1234   @   local(blah)  .machine .example>"})
        EXPECT_TRUE(is_message_id(body)) << body;
}

TEST(MessageIdSyntax, refuses_what_is_no_identifier) {
    for (const char* body :
         {"", "<>", "<1234>", "1234@local.example", "<a@b@c.example>", "<a..b@c.example>", "<a@b.example",
          "<a@b.example> <c@d.example>", "x <a@b.example>", "<a@b.example> x", "<a@>", "<@a:b@c.example>",
          "<a b@c.example>", "<a@b.example>,", "(<a@b.example>"})
        EXPECT_FALSE(is_message_id(body)) << body;
}

}  // namespace
}  // namespace cursus
