#include <gtest/gtest.h>

#include "mail/header.h"
#include "mail/header_rewrite.h"

namespace cursus {
namespace {

// Qualifies, hides hosts of originators below b.example, and nothing else.
std::optional<std::string> chosen(const ListedAddress& address, AddressSide side) {
    if (!address.domain) return std::string(address.local_text) + "@site.example";
    if (side == AddressSide::Originator && address.domain->ends_with(".b.example"))
        return std::string(address.local_text) + "@b.example";
    return std::nullopt;
}

std::string rewritten(std::string_view header) {
    const auto result = rewrite_header(header, chosen);
    return result ? result->octets : "as it was";
}

TEST(HeaderRewrite, replaces_addresses_and_nothing_else) {
    EXPECT_EQ(rewritten("Received: from bob\r\n"
                        "FROM : \tBob  (b) <bob@pc.b.example>\r\n"
                        "Subject: bob@pc.b.example, ann\r\n"
                        "to:ann,\r\n\t\"Carl\" <carl@pc.b.example> ,\r\n dora (D)\r\n"
                        "X-To: eve\r\n"
                        "\r\n"
                        "To: body\r\n"),
              "Received: from bob\r\n"
              "FROM : \tBob  (b) <bob@b.example>\r\n"
              "Subject: bob@pc.b.example, ann\r\n"
              "to:ann@site.example,\r\n\t\"Carl\" <carl@pc.b.example> ,\r\n dora@site.example (D)\r\n"
              "X-To: eve\r\n"
              "\r\n"
              "To: body\r\n");
    EXPECT_EQ(rewritten("From: \"a (b\" . c@pc.b.example\r\n\r\n"), "From: \"a (b\" . c@b.example\r\n\r\n");
    EXPECT_EQ(rewritten("To: ann"), "as it was");  // the field has no end
    EXPECT_EQ(rewritten("To: ann\r\n"), "To: ann@site.example\r\n");
}

TEST(HeaderRewrite, leaves_a_header_that_is_right_as_it_is) {
    EXPECT_EQ(rewritten("From: bob@b.example\r\nTo: ann@pc.b.example, x:;\r\n\r\n"), "as it was");
    EXPECT_EQ(rewritten("\r\nTo: ann\r\n"), "as it was");
    EXPECT_EQ(rewritten(""), "as it was");
}

TEST(HeaderRewrite, goes_through_every_block_of_resent_fields) {
    const std::string names[] = {"Resent-From", "Resent-Sender", "Resent-To",
                                 "Resent-Cc",   "Resent-Bcc",    "Resent-Reply-To"};
    std::string before, after;
    for (int block = 0; block < 2; ++block) {
        for (const auto& name : names) {
            before += name + ": ann\r\n";
            after += name + ": ann@site.example\r\n";
        }
    }
    EXPECT_EQ(rewritten(before + "\r\n"), after + "\r\n");
}

TEST(HeaderRewrite, stops_at_a_line_that_is_no_field) {
    EXPECT_EQ(rewritten("From: ann\r\nsome text\r\nTo: bob\r\n"),
              "From: ann@site.example\r\nsome text\r\nTo: bob\r\n");
}

TEST(HeaderRewrite, says_what_it_changed) {
    const auto result = rewrite_header("From: bob@pc.b.example\r\nCC: ann, x@y.example\r\n\r\n", chosen);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->changes, (std::vector<AddressChange>{{"From", "bob@pc.b.example", "bob@b.example"},
                                                           {"CC", "ann", "ann@site.example"}}));
    EXPECT_EQ(result->changes_untold, 0U);
}

TEST(HeaderRewrite, tells_a_bounded_number_of_changes_in_bounded_words) {
    std::string header = "To: ann" + std::string(2 * told_address_octets_max, 'n');
    for (std::size_t i = 1; i < address_changes_max + 3; ++i) header += ",\r\n a";
    const auto result = rewrite_header(header + "\r\n\r\n", chosen);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->changes.size(), address_changes_max);
    EXPECT_EQ(result->changes_untold, 3U);
    EXPECT_EQ(result->changes[0].before.size(), told_address_octets_max);
    EXPECT_EQ(result->changes[0].after.size(), told_address_octets_max);
}

std::size_t longest_line(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t from = 0, end = 0; (end = text.find("\r\n", from)) != std::string_view::npos;
         from = end + 2)
        longest = std::max(longest, end - from);
    return longest;
}

TEST(HeaderRewrite, folds_lines_that_would_grow_too_long) {
    std::string header = "To: a00";
    for (int i = 1; i < 150; ++i) header += ", a" + std::to_string(i);
    for (int i = 0; i < 5; ++i) header += ",b";
    const auto result = rewritten(header + "\r\n\r\n");
    EXPECT_LE(longest_line(result), 998U);
    EXPECT_TRUE(result.starts_with("To: a00@site.example,\r\n a1@site.example,\r\n a2@site.example,"));
    EXPECT_TRUE(result.ends_with(",\r\n b@site.example,\r\n b@site.example\r\n\r\n"));
}

TEST(HeaderRewrite, leaves_a_field_that_cannot_be_kept_within_its_lines) {
    const std::string name(980, 'n');
    EXPECT_EQ(rewritten("To: " + name + " <ann>\r\n\r\n"), "as it was");
    // A line that was too long before may stay so, and may not grow.
    EXPECT_EQ(rewritten("From: " + name + name + " <b@pc.b.example>\r\n\r\n"),
              "From: " + name + name + " <b@b.example>\r\n\r\n");
    EXPECT_EQ(rewritten("From: " + name + name + " <b>\r\n\r\n"), "as it was");
}

}  // namespace
}  // namespace cursus
