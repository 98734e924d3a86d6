#include "mail/verp.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

Mailbox mailbox(std::string_view text) {
    return Mailbox::parse(text).value();
}
const std::string_view owner = "Owner-list@lists.example";

TEST(Verp, names_the_recipient_in_the_return_path) {
    EXPECT_EQ(verp_encode(mailbox(owner), mailbox("ann@Example.org"))->text(),
              "Owner-list+ann=example.org@lists.example");
    EXPECT_EQ(verp_encode(mailbox(owner), mailbox("ann@example.org"), "-")->text(),
              "Owner-list-ann=example.org@lists.example");
}

TEST(Verp, gives_every_recipient_back) {
    for (const auto* text : {"ann@example.org", "ann+x=y@example.org", "\"a b\"@example.org",
                             "\"@x=y\"@example.org", "\"\\\"\\\\\"@example.org", "jürgen@bücher.example",
                             "ann@[192.0.2.1]", "ann@[IPv6:2001:db8::1]", "\"a..b.\"@example.org"}) {
        const auto address = verp_encode(mailbox(owner), mailbox(text));
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(verp_decode(mailbox(owner), mailbox(address->text())), mailbox(text)) << address->text();
    }
}

TEST(Verp, is_read_in_any_case) {
    EXPECT_EQ(verp_decode(mailbox(owner), mailbox("owner-LIST+ann=example.org@lists.example")),
              mailbox("ann@example.org"));
}

TEST(Verp, is_not_read_from_other_addresses) {
    for (const auto* text :
         {"Owner-list@lists.example", "Owner-list+@lists.example", "Owner-list+ann@lists.example",
          "Owner-list+=example.org@lists.example", "Owner-list+ann=@lists.example",
          "Owner-list+ann=-@lists.example", "Owner-list+ann=example.org@other.example",
          "other+ann=example.org@lists.example"})
        EXPECT_FALSE(verp_decode(mailbox(owner), mailbox(text))) << text;
}

TEST(Verp, is_not_written_when_it_would_be_too_long) {
    const auto recipient = mailbox(std::string(local_part_octets_max - 5, 'a') + "@example.org");
    EXPECT_EQ(verp_encode(mailbox(owner), recipient).error(), AddressError::LocalPartTooLong);
}

}  // namespace
}  // namespace cursus
