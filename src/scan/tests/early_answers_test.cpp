// Answers that come, and connections that end, while the message is still on its way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/clamd.h"
#include "scan/rspamd.h"
#include "scan/tests/held_message.h"
#include "sim/peers/scanner_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::HasSubstr;

class EarlyAnswer : public testing::TestWithParam<ScannerManners> {
protected:
    EarlyAnswer() : server(sim.machine("203.0.113.1"), endpoint) {
        settings.servers = {endpoint};
        server.reads = 100'000;
        server.manners = GetParam();
    }

    // Who answers and neither reads on nor hangs up is heard at the end of its time.
    ~EarlyAnswer() override {
        EXPECT_LE(sim.now() - began,
                  GetParam() == ScannerManners::Stays ? settings.timeout + 1s : Duration(2s));
    }

    const Endpoint endpoint{*IpAddress::parse("203.0.113.1"), 3310};
    SimWorld sim;
    const Instant began = sim.now();
    ScannerHost server;
    ScannerSettings settings;
    HeldMessage message{message_of(2'000'000)};
    Recall recall;
};

TEST_P(EarlyAnswer, of_clamd_that_it_has_had_enough_is_heard) {
    server.answer = "INSTREAM size limit exceeded. ERROR\0"s;
    Clamd clamd(sim.world(), settings);
    const auto scanned = sim.run(clamd.scan(message, recall));
    ASSERT_TRUE(scanned) << scanned.error().what;
    ASSERT_TRUE(std::holds_alternative<TooBig>(*scanned));
    EXPECT_THAT(std::get<TooBig>(*scanned).why, HasSubstr("StreamMaxLength"));
}

TEST_P(EarlyAnswer, of_clamd_that_it_has_found_something_is_heard) {
    server.answer = "stream: Test.Virus FOUND\0"s;
    Clamd clamd(sim.world(), settings);
    const auto scanned = sim.run(clamd.scan(message, recall));
    ASSERT_TRUE(scanned) << scanned.error().what;
    EXPECT_EQ(*scanned, VirusVerdict(VirusFound{"Test.Virus"}));
}

TEST_P(EarlyAnswer, of_rspamd_that_it_is_too_much_is_heard) {
    server.answer = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n";
    Rspamd rspamd(sim.world(), settings);
    const auto scanned = sim.run(rspamd.scan(message, ScanContext{}, recall));
    ASSERT_TRUE(scanned) << scanned.error().what;
    EXPECT_TRUE(std::holds_alternative<TooBig>(*scanned));
}

TEST_P(EarlyAnswer, of_rspamd_that_something_is_wrong_is_told) {
    server.answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    Rspamd rspamd(sim.world(), settings);
    const auto scanned = sim.run(rspamd.scan(message, ScanContext{}, recall));
    ASSERT_FALSE(scanned);
    EXPECT_THAT(scanned.error().what, HasSubstr("400 Bad Request"));
}

std::string manners_name(const testing::TestParamInfo<ScannerManners>& info) {
    constexpr const char* names[] = {"closes", "stays", "resets"};
    return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(AndThenIt, EarlyAnswer,
                         testing::Values(ScannerManners::Plain, ScannerManners::Stays,
                                         ScannerManners::Resets),
                         manners_name);

}  // namespace
}  // namespace cursus
