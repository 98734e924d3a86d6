#include "config/advisor_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::HasSubstr;

TEST(AdvisorAddress, is_of_a_policy_service_or_of_a_hook) {
    const Endpoint first = *Endpoint::parse("127.0.0.1:10023"), second = *Endpoint::parse("[::1]:10023");
    const LocalSocket socket{"/run/postgrey.sock"};
    EXPECT_EQ(parse_advisor_address("policy:127.0.0.1:10023"), AdvisorAddress(PolicyServers{{first}}));
    EXPECT_EQ(parse_advisor_address("policy:unix:/run/postgrey.sock"),
              AdvisorAddress(PolicyServers{{socket}}));
    EXPECT_EQ(parse_advisor_address("policy:[::1]:10023,127.0.0.1:10023,unix:/run/postgrey.sock"),
              AdvisorAddress(PolicyServers{{second, first, socket}}));
    EXPECT_EQ(parse_advisor_address("http://127.0.0.1:8080/check"),
              AdvisorAddress(HttpUrl{HttpScheme::Http, UrlHost{"127.0.0.1", 8080}, "/check"}));
    EXPECT_EQ(parse_advisor_address("https://policy.example/check"),
              AdvisorAddress(HttpUrl{HttpScheme::Https, UrlHost{"policy.example", 443}, "/check"}));
}

TEST(AdvisorAddress, is_written_as_it_is_read) {
    for (const std::string written :
         {"policy:127.0.0.1:10023", "policy:[::1]:10023,unix:/run/postgrey.sock",
          "https://policy.example/check?key=1", "http://unix:/run/hook.sock:/check"}) {
        const auto address = parse_advisor_address(written);
        ASSERT_TRUE(address) << address.error();
        EXPECT_EQ(text(*address), written);
    }
}

TEST(AdvisorAddress, keeps_the_secrets_of_an_url_out_of_its_name) {
    EXPECT_EQ(advisor_name(*parse_advisor_address("https://policy.example/check?key=1")), "policy.example");
    EXPECT_EQ(advisor_name(*parse_advisor_address("policy:127.0.0.1:10023")), "policy:127.0.0.1:10023");
}

TEST(AdvisorAddress, that_is_none_says_what_to_write) {
    for (const char* text :
         {"", "127.0.0.1:10023", "unix:/run/postgrey.sock", "inet:127.0.0.1:10023", "policy"})
        EXPECT_THAT(parse_advisor_address(text).error(), HasSubstr("policy:127.0.0.1:10023")) << text;
    for (const char* text :
         {"policy:", "policy:localhost:10023", "policy:127.0.0.1", "policy:127.0.0.1:0", "policy:unix:run/x",
          "policy:127.0.0.1:1,", "policy:127.0.0.1:1,127.0.0.1:1", "http://", "https://127.0.0.1/"})
        EXPECT_THAT(parse_advisor_address(text).error(), HasSubstr(text)) << text;
    std::string many = "policy:127.0.0.1:1";
    for (std::size_t i = 2; i <= policy_servers_max; ++i) many += ",127.0.0.1:" + std::to_string(i);
    EXPECT_TRUE(parse_advisor_address(many));
    EXPECT_THAT(parse_advisor_address(many + ",127.0.0.1:99").error(), HasSubstr("more than"));
}

}  // namespace
}  // namespace cursus
