#include "policy/rate_key.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

class Counted : public testing::Test {
protected:
    std::string by(RateBy what) { return rate_key(what, facts).value_or("nothing"); }

    ReversePath sender = *Mailbox::parse("Julius@Ancient-Rome.example");
    Mailbox recipient = *Mailbox::parse("Ann@b.example");
    RateFacts facts{*IpAddress::parse("192.0.2.77"), &sender, &recipient, "Julius"};
};

TEST_F(Counted, is_what_the_rate_is_per) {
    EXPECT_EQ(by(RateBy::Client), "192.0.2.77");
    EXPECT_EQ(by(RateBy::Network), "192.0.2.0");
    EXPECT_EQ(by(RateBy::Sender), "julius@ancient-rome.example");
    EXPECT_EQ(by(RateBy::SenderDomain), "ancient-rome.example");
    EXPECT_EQ(by(RateBy::Account), "julius");
    EXPECT_EQ(by(RateBy::Recipient), "ann@b.example");
}

TEST_F(Counted, is_a_site_and_not_an_address_of_ipv6) {
    facts.client = *IpAddress::parse("2001:db8:1:2:3:4:5:6");
    EXPECT_EQ(by(RateBy::Client), "2001:db8:1:2::");
    EXPECT_EQ(by(RateBy::Network), "2001:db8:1::");
}

TEST_F(Counted, is_nothing_where_nothing_is_known_yet) {
    facts = {*IpAddress::parse("192.0.2.77")};
    for (const RateBy what : {RateBy::Sender, RateBy::SenderDomain, RateBy::Account, RateBy::Recipient})
        EXPECT_EQ(by(what), "nothing");
}

TEST_F(Counted, is_nothing_of_the_null_path_which_is_everybodys) {
    sender = NullPath{};
    EXPECT_EQ(by(RateBy::Sender), "nothing");
    EXPECT_EQ(by(RateBy::SenderDomain), "nothing");
    EXPECT_EQ(by(RateBy::Client), "192.0.2.77");
}

}  // namespace
}  // namespace cursus
