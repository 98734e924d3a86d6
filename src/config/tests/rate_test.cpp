#include "config/rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

std::string rate_error(std::string_view text) {
    const auto rate = parse_rate(text);
    return rate ? "taken" : rate.error();
}

TEST(Rate, is_read_as_it_is_written) {
    EXPECT_EQ(parse_rate("100/1h per client"), (Rate{100, hours{1}, RateBy::Client}));
    EXPECT_EQ(parse_rate("1/1s per network"), (Rate{1, std::chrono::seconds{1}, RateBy::Network}));
    EXPECT_EQ(parse_rate("30/1m30s per sender"),
              (Rate{30, minutes{1} + std::chrono::seconds{30}, RateBy::Sender}));
    EXPECT_EQ(parse_rate("5/1d per sender-domain"), (Rate{5, hours{24}, RateBy::SenderDomain}));
    EXPECT_EQ(parse_rate("1000000/31d per account"), (Rate{1'000'000, hours{24 * 31}, RateBy::Account}));
    EXPECT_EQ(parse_rate("  5/10m   per\trecipient "), (Rate{5, minutes{10}, RateBy::Recipient}));
}

TEST(Rate, is_written_as_it_is_read) {
    for (const char* text : {"100/1h per client", "1/1s per network", "30/1m30s per sender",
                             "5/1d per sender-domain", "7/2h per account", "9/10m per recipient"}) {
        EXPECT_EQ(rate_text(*parse_rate(text)), text);
    }
}

TEST(Rate, says_what_is_wrong_and_what_to_write) {
    EXPECT_EQ(rate_error("100/1h"),
              "\"100/1h\" does not say what is counted; write \"100/1h per client\" (or client, network, "
              "sender, sender-domain, account or recipient)");
    for (const char* text :
         {"", "hello", "100 1h per client", "100/1h for client", "100/1h per client please", "per client"})
        EXPECT_THAT(rate_error(text), HasSubstr("is not a rate; write one as in \"100/1h per client\""))
            << text;
    for (const char* text : {"0/1h per client", "-1/1h per client", "/1h per client", "1000001/1h per client",
                             "99999999999/1h per client", "1.5/1h per client", "x/1h per client"})
        EXPECT_THAT(rate_error(text), HasSubstr("a number from 1 to 1000000")) << text;
    for (const char* text : {"1/ per client", "1/h per client", "1/60 per client", "1/1w per client"})
        EXPECT_THAT(rate_error(text), HasSubstr("is not a duration")) << text;
    for (const char* text : {"1/0s per client", "1/999ms per client", "1/32d per client"})
        EXPECT_THAT(rate_error(text), HasSubstr("what stands behind the slash is 1s to 31d")) << text;
    EXPECT_EQ(rate_error("1/1h per planet"),
              "nothing is counted per \"planet\"; write client, network, sender, sender-domain, account or "
              "recipient");
}

}  // namespace
}  // namespace cursus
