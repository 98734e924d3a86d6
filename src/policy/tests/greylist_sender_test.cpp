#include "policy/greylist_sender.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::string known_as(std::string_view sender) {
    return greylist_sender(*Mailbox::parse(sender));
}

TEST(GreylistSender, stays_as_it_is_where_nothing_in_it_looks_made_up) {
    for (const char* sender :
         {"julius@ancient-rome.example", "julius.caesar@b.example", "news-of_rome@b.example", "fae@b.example",
          "-@b.example", "a--b@b.example", "julius@[192.0.2.1]"})
        EXPECT_EQ(known_as(sender), sender);
}

TEST(GreylistSender, is_one_in_any_case) {
    EXPECT_EQ(known_as("Julius@Ancient-Rome.Example"), "julius@ancient-rome.example");
}

TEST(GreylistSender, has_no_numbers_and_tokens) {
    EXPECT_EQ(known_as("bounces-1234@b.example"), "bounces-#@b.example");
    EXPECT_EQ(known_as("msg-3f2a-cafe-77.news@b.example"), "msg-#.news@b.example");
    EXPECT_EQ(known_as("prvs=0234af5c=ann@b.example"), "prvs=#=ann@b.example");
    EXPECT_EQ(known_as("prvs=9999xyzw=ann@b.example"), "prvs=#=ann@b.example");
    EXPECT_EQ(known_as("b-abcdefghijklmnopqrstu-x@b.example"), "b-#-x@b.example");
    EXPECT_EQ(known_as("0100018f-6b@b.example"), "#@b.example");
    EXPECT_EQ(known_as("1.-2@b.example"), "#@b.example");
    EXPECT_EQ(known_as("1-a-2@b.example"), "#-a-#@b.example");
    EXPECT_EQ(known_as("1-@b.example"), "#-@b.example");
}

TEST(GreylistSender, has_nothing_after_a_plus) {
    EXPECT_EQ(known_as("list-bounces+julius=rome.example@list.example"), "list-bounces+#@list.example");
    EXPECT_EQ(known_as("bounces+1234-5f=julius=rome.example@list.example"), "bounces+#@list.example");
    EXPECT_EQ(known_as("+@b.example"), "+#@b.example");
    EXPECT_EQ(known_as("12+34@b.example"), "#+#@b.example");
}

TEST(GreylistSender, of_other_scripts_has_words_too) {
    EXPECT_EQ(known_as("дата-12@b.example"), "дата-#@b.example");
    EXPECT_EQ(known_as("дата12@b.example"), "#@b.example");
}

TEST(GreylistSender, may_be_nobody) {
    EXPECT_EQ(greylist_sender(NullPath{}), "<>");
}

}  // namespace
}  // namespace cursus
