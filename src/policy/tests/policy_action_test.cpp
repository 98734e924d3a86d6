#include "policy/policy_action.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/advice_parts.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Advice advice_of(std::string_view action) {
    auto advice = parse_policy_action(action);
    EXPECT_TRUE(advice) << action << ": " << advice.error();
    return advice ? *std::move(advice) : Advice();
}

template <class Decision>
std::string reply_of(std::string_view action) {
    const Advice advice = advice_of(action);
    const auto* decision = std::get_if<Decision>(&advice.decision);
    return decision == nullptr ? "another decision" : decision->reply.one_line();
}

TEST(PolicyAction, has_no_opinion_or_accepts) {
    EXPECT_EQ(advice_of("DUNNO"), Advice());
    EXPECT_EQ(advice_of(" dunno "), Advice());
    EXPECT_EQ(advice_of("OK"), (Advice{.decision = Advice::Accept{}}));
    EXPECT_EQ(advice_of("permit"), (Advice{.decision = Advice::Accept{}}));
    EXPECT_EQ(advice_of("WARN  a strange one "), (Advice{.notes = {"a strange one"}}));
    EXPECT_EQ(advice_of("info x"), (Advice{.notes = {"x"}}));
}

TEST(PolicyAction, refuses_for_good) {
    EXPECT_EQ(reply_of<Advice::Reject>("REJECT"), "554 5.7.1 Refused by a policy of this site");
    EXPECT_EQ(reply_of<Advice::Reject>("reject\tNot you"), "554 5.7.1 Not you");
    EXPECT_EQ(reply_of<Advice::Reject>("REJECT 5.1.8 Not you"), "554 5.1.8 Not you");
    EXPECT_EQ(reply_of<Advice::Reject>("REJECT 4.1.8 Not you"), "554 5.1.8 Not you") << "RFC 3463 §3";
    EXPECT_EQ(reply_of<Advice::Reject>("550 5.7.23 SPF says no"), "550 5.7.23 SPF says no");
    EXPECT_EQ(reply_of<Advice::Reject>("550"), "550 5.7.1 Refused by a policy of this site");
    EXPECT_EQ(reply_of<Advice::Reject>("521 Go away"), "521 5.7.1 Go away");
    EXPECT_EQ(reply_of<Advice::Reject>("REJECT 5.7.1"), "554 5.7.1 Refused by a policy of this site");
}

TEST(PolicyAction, refuses_for_now) {
    EXPECT_EQ(reply_of<Advice::Defer>("DEFER"),
              "450 4.7.1 Not now, by a policy of this site; try again later");
    EXPECT_EQ(reply_of<Advice::Defer>("defer 4.2.0 Later"), "450 4.2.0 Later");
    EXPECT_EQ(reply_of<Advice::Defer>("421 4.7.0 Later"), "421 4.7.0 Later");
    EXPECT_EQ(reply_of<Advice::Defer>("451 5.7.0 Later"), "451 4.7.0 Later");
    EXPECT_EQ(reply_of<Advice::DeferUnlessRejected>("DEFER_IF_PERMIT Greylisted, see http://x.example/"),
              "450 4.7.1 Greylisted, see http://x.example/");
    EXPECT_EQ(reply_of<Advice::DeferIfRejected>("defer_if_reject DNS is away"), "450 4.7.1 DNS is away");
}

TEST(PolicyAction, holds_and_discards_with_a_note) {
    EXPECT_EQ(advice_of("HOLD odd"), (Advice{.decision = Advice::Hold{}, .notes = {"odd"}}));
    EXPECT_EQ(advice_of("DISCARD"), (Advice{.decision = Advice::Discard{}}));
}

TEST(PolicyAction, changes_the_message_without_an_opinion) {
    EXPECT_EQ(advice_of("PREPEND X-Greylist: delayed 301 seconds by postgrey"),
              (Advice{.fields = {{"X-Greylist", "delayed 301 seconds by postgrey"}}}));
    EXPECT_EQ(advice_of("prepend X:"), (Advice{.fields = {{"X", ""}}}));
    const Mailbox archive = *Mailbox::parse("archive@a.example");
    EXPECT_EQ(advice_of("BCC archive@a.example"), (Advice{.copies = {archive}}));
    EXPECT_EQ(advice_of("REDIRECT archive@a.example"), (Advice{.redirect = archive}));
}

TEST(PolicyAction, that_is_not_known_is_trouble) {
    for (const char* action : {"", " ", "DUNNOO", "12345", "250 Fine", "354 Go on", "0", "55", "5500",
                               "560 x", "499 x", "550x", "REJECTED", "greylist", "reject_unauth_destination",
                               "FILTER smtp:[127.0.0.1]:10025", "DUNNO,REJECT", "action=DUNNO"})
        EXPECT_FALSE(parse_policy_action(action)) << action;
    EXPECT_THAT(parse_policy_action("FILTER x").error(), HasSubstr("FILTER"));
    EXPECT_THAT(parse_policy_action("\x1b[2J").error(), HasSubstr("\\x1b[2J"));
}

// Attack E1.
TEST(PolicyAction, brings_no_header_field_but_one) {
    for (const char* action :
         {"PREPEND", "PREPEND X", "PREPEND : y", "PREPEND X y: z", "PREPEND X: y\r\nBcc: z",
          "PREPEND X: y\nBcc: z", "PREPEND X: \xc3\xa4", "PREPEND X\xc3\xa4: y"})
        EXPECT_FALSE(parse_policy_action(action)) << action;
    const std::string longest = "PREPEND X: " + std::string(advised_field_octets_max - 3, 'y');
    EXPECT_TRUE(parse_policy_action(longest));
    EXPECT_FALSE(parse_policy_action(longest + "y"));
}

TEST(PolicyAction, names_addresses_that_are_some) {
    for (const char* action : {"BCC", "BCC nobody", "BCC a@b.example c@d.example", "REDIRECT <a@b.example>",
                               "REDIRECT a@", "BCC a@b.example\r\nX: y"})
        EXPECT_FALSE(parse_policy_action(action)) << action;
}

// Attacks E1 and G1.
TEST(PolicyAction, tells_the_client_one_short_line_of_ascii) {
    EXPECT_EQ(reply_of<Advice::Reject>("REJECT a\r\n250 b\x00\xc3\xa4"), "554 5.7.1 a??250 b");
    EXPECT_EQ(reply_of<Advice::Reject>("550 caf\xc3\xa9"), "550 5.7.1 caf??");
    const auto reply = reply_of<Advice::Reject>("REJECT " + std::string(10'000, 'x'));
    EXPECT_EQ(reply.size(), std::string("554 5.7.1 ").size() + advised_text_octets_max);
    EXPECT_EQ(advice_of("WARN a\x1b[2J").notes, std::vector<std::string>{"a?[2J"});
}

}  // namespace
}  // namespace cursus
