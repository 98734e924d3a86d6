#include "route/srs.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view secret = "0123456789abcdef", other_secret = "fedcba9876543210";
const WallTime now = std::chrono::sys_days(std::chrono::days(20'000)) + std::chrono::hours(13);

Mailbox mailbox_of(std::string_view text) {
    return Mailbox::parse(text).value();
}
Domain domain(std::string_view text) {
    return Domain::parse(text).value();
}
SrsKeys keys(std::vector<std::string> secrets = {std::string(secret)}) {
    return SrsKeys::make(std::move(secrets)).value();
}
Mailbox forwarded(std::string_view sender, std::string_view own = "us.example") {
    return srs_forward(mailbox_of(sender), domain(own), keys(), now).value();
}
SrsError error(const Mailbox& address, WallTime when = now) {
    const auto reversed = srs_reverse(address, keys(), when);
    if (reversed) ADD_FAILURE() << address.text() << " leads to " << reversed->text();
    return reversed ? SrsError::NotSrs : reversed.error();
}

TEST(Srs, has_known_answers) {
    EXPECT_EQ(forwarded("Ann.Lee@a.example").text(), "SRS0=amyyx6qhot=ra=a.example=Ann.Lee@us.example");
    EXPECT_EQ(forwarded(forwarded("Ann.Lee@a.example", "first.example").text()).text(),
              "SRS1=ra7hpxmh6qxb=first.example==amyyx6qhot=ra=a.example=Ann.Lee@us.example");
}

TEST(Srs, gives_every_sender_back) {
    for (const auto* text :
         {"ann@a.example", "ann=x@a.example", "a+b@a.example", "\"a b\"@a.example", "\"@\"@a.example",
          "jürgen@bücher.example", "ann@[192.0.2.1]", "ann@[IPv6:2001:db8::1]", "srs0@a.example",
          "SRS1=x@a.example", "\"SRS1=x=a b==y\"@a.example"}) {
        EXPECT_EQ(srs_reverse(mailbox_of(forwarded(text).text()), keys(), now), mailbox_of(text)) << text;
    }
}

TEST(Srs, returns_from_the_third_host_to_the_first_and_from_there_to_the_sender) {
    const auto first = forwarded("ann@a.example", "first.example");
    const auto third = forwarded(forwarded(first.text(), "second.example").text(), "third.example");
    EXPECT_TRUE(third.local_part().contains("=first.example==")) << third.text();
    EXPECT_FALSE(third.local_part().contains("second")) << third.text();
    EXPECT_EQ(srs_reverse(third, keys(), now), first);
    EXPECT_EQ(srs_reverse(first, keys(), now), mailbox_of("ann@a.example"));
}

TEST(Srs, keeps_the_separator_of_the_first_host) {
    const auto second = forwarded("SRS0+hash=tt=a.example=ann@first.example");
    EXPECT_EQ(srs_reverse(second, keys(), now), mailbox_of("SRS0+hash=tt=a.example=ann@first.example"));
}

TEST(Srs, survives_a_host_that_changes_the_case) {
    const auto address = forwarded("Ann@a.example");
    EXPECT_EQ(srs_reverse(mailbox_of(to_lower(address.text())), keys(), now), mailbox_of("ann@a.example"));
    EXPECT_EQ(srs_reverse(mailbox_of(to_upper(address.text())), keys(), now), mailbox_of("ANN@a.example"));
    const auto second = forwarded(address.text());
    const auto back = srs_reverse(mailbox_of(to_lower(second.text())), keys(), now);
    ASSERT_TRUE(back);
    EXPECT_EQ(to_lower(back->text()), to_lower(address.text()));
}

TEST(Srs, never_gives_an_address_for_one_that_was_changed) {
    for (const auto& address :
         {forwarded("ann@a.example"), forwarded("SRS0=h=tt=a.example=ann@first.example")}) {
        const auto text = address.local_part();
        for (std::size_t i = 0; i < text.size(); ++i) {
            for (const char c : std::string_view("aq2=.z")) {
                auto changed = text;
                if (to_lower(changed[i]) == c) continue;
                changed[i] = c;
                const auto forged = Mailbox::make(changed, address.host());
                ASSERT_TRUE(forged);
                EXPECT_FALSE(srs_reverse(*forged, keys(), now)) << changed;
            }
        }
    }
}

TEST(Srs, tells_forged_from_broken_addresses) {
    EXPECT_EQ(error(mailbox_of("ann@us.example")), SrsError::NotSrs);
    EXPECT_EQ(error(mailbox_of("srs0x@us.example")), SrsError::NotSrs);
    EXPECT_EQ(error(mailbox_of("SRS0=aaaaaaaaaa=aa=victim.example=ann@us.example")), SrsError::BadHash);
    EXPECT_EQ(error(mailbox_of("SRS0==aa=victim.example=ann@us.example")), SrsError::BadHash);
    EXPECT_EQ(error(mailbox_of("SRS1=aaaaaaaaaaaa=victim.example==ann@us.example")), SrsError::BadHash);
    for (const auto* text :
         {"SRS0=@us.example", "SRS0=a=b=c@us.example", "SRS0=aaaaaaaaaa=a1=b.example=c@us.example",
          "SRS1=@us.example", "SRS1=aaaaaaaaaaaa=b.example=c@us.example", "SRS1=aaaaaaaaaaaa===c@us.example",
          "SRS1=a=b.example==c@us.example", "SRS1=00aaaaaaaaaa=b.example==c@us.example"})
        EXPECT_EQ(error(mailbox_of(text)), SrsError::Malformed) << text;
    // Hosts and hashes do not wander from one type to the other.
    auto wandered = forwarded("SRS0=h=tt=a.example=ann@first.example").local_part();
    wandered[3] = '0';
    EXPECT_EQ(error(Mailbox::make(wandered, domain("us.example")).value()), SrsError::Malformed);
}

TEST(Srs, expires) {
    using std::chrono::days;
    for (const auto& address :
         {forwarded("ann@a.example"), forwarded("SRS0=h=tt=a.example=ann@first.example")}) {
        EXPECT_TRUE(srs_reverse(address, keys(), now + days(21)));
        EXPECT_EQ(error(address, now + days(22)), SrsError::Expired);
        EXPECT_EQ(error(address, now + days(1022)), SrsError::Expired);
        EXPECT_TRUE(srs_reverse(address, keys(), now - days(1))) << "a clock of ours that is behind";
        EXPECT_EQ(error(address, now - days(2)), SrsError::Expired);
    }
}

TEST(Srs, signs_with_the_first_key_and_accepts_any) {
    const auto old_address = forwarded("ann@a.example");
    const auto both = keys({std::string(other_secret), std::string(secret)});
    EXPECT_TRUE(srs_reverse(old_address, both, now));
    const auto address = srs_forward(mailbox_of("ann@a.example"), domain("us.example"), both, now).value();
    EXPECT_NE(address, old_address);
    EXPECT_TRUE(srs_reverse(address, both, now));
    EXPECT_EQ(error(address), SrsError::BadHash);
}

TEST(Srs, is_not_written_when_it_would_be_too_long) {
    const auto sender = mailbox_of(std::string(local_part_octets_max, 'a') + "@a.example");
    EXPECT_EQ(srs_forward(sender, domain("us.example"), keys(), now).error(), AddressError::LocalPartTooLong);
}

TEST(Srs, wants_good_keys) {
    EXPECT_FALSE(SrsKeys::make({}));
    EXPECT_FALSE(SrsKeys::make({""}));
    EXPECT_FALSE(SrsKeys::make({std::string(secret), "short"}));
    EXPECT_FALSE(SrsKeys::make({std::string(secret)}, std::chrono::days(0)));
    EXPECT_FALSE(SrsKeys::make({std::string(secret)}, std::chrono::days(1023)));
}

}  // namespace
}  // namespace cursus
