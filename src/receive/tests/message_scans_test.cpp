#include "receive/message_scans.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/tests/held_message.h"
#include "sim/peers/scanner_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t shown_octets_max = 10;

ScannerSettings small_scanner() {
    return {.servers = {LocalSocket{"/run/scanner.sock"}}, .size_max = shown_octets_max};
}

TEST(MessageScans, call_what_is_too_big_for_all_scanners_unscanned) {
    SimWorld sim;
    ScanSettings settings;
    settings.clamd = settings.rspamd = settings.spamd = small_scanner();
    Scanners scanners(sim.world(), settings);
    MessageScans scans(nullptr, &scanners);
    const std::string hostname = "mx.b.example";
    Inquest inquest{{scans, sim.clock(), sim.reactor().executor(), hostname, [](const EventBody&) {}}};
    scans.show(std::make_shared<HeldMessage>(message_of(shown_octets_max + 1)));
    for (const Topic topic : {Topic::Virus, Topic::Spam}) {
        const Found found = sim.run(inquest.ask({topic, ""}));
        EXPECT_TRUE(found.is_known());
        EXPECT_THAT(found.words, ElementsAre("unscanned"));
    }
    sim.run(inquest.join());
}

TEST(MessageScans, call_off_what_is_still_out_when_its_message_is_gone) {
    SimWorld sim;
    const Endpoint address = *Endpoint::parse("203.0.113.1:11333");
    ScannerHost host(sim.machine("203.0.113.1"), address);
    host.reads_until = "never";
    ScanSettings settings;
    settings.rspamd.servers = {address};
    Scanners scanners(sim.world(), settings);
    MessageScans scans(nullptr, &scanners);
    const std::string hostname = "mx.b.example";
    Inquest inquest{{scans, sim.clock(), sim.reactor().executor(), hostname, [](const EventBody&) {}}};
    scans.show(std::make_shared<HeldMessage>("Subject: x\r\n\r\nan end\r\n"));
    inquest.begin({Topic::Spam, ""});
    const Instant began = sim.now();
    sim.run_for(std::chrono::seconds{1});
    scans.show(nullptr);
    sim.run(inquest.join());
    EXPECT_LT(sim.now() - began, std::chrono::seconds{2});
    const Found found = sim.run(inquest.ask({Topic::Spam, ""}));
    EXPECT_FALSE(found.is_known());
    EXPECT_TRUE(found.is(called_off));
}

TEST(MessageScans, tell_what_was_not_taken_of_an_answer) {
    SimWorld sim;
    const Endpoint address = *Endpoint::parse("203.0.113.1:11333");
    ScannerHost host(sim.machine("203.0.113.1"), address);
    host.reads_until = "an end\r\n";
    const std::string json =
        R"({"score":1,"action":"no action","milter":{"add_headers":{"X-A":"a\nBcc: x","X-B":"safe"}}})";
    host.answer = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", json.size(), json);
    ScanSettings settings;
    settings.rspamd.servers = {address};
    Scanners scanners(sim.world(), settings);
    MessageScans scans(nullptr, &scanners);
    const std::string hostname = "mx.b.example";
    std::vector<EventBody> told;
    Inquest inquest{{scans, sim.clock(), sim.reactor().executor(), hostname,
                     [&told](EventBody event) { told.push_back(std::move(event)); }}};
    inquest.known().tls.emplace().protocol = "TLSv1.3";
    scans.show(std::make_shared<HeldMessage>("Subject: x\r\n\r\nan end\r\n"));
    EXPECT_TRUE(sim.run(inquest.ask({Topic::Spam, ""})).is_known());
    EXPECT_EQ(scans.take_edits().size(), 1U);
    EXPECT_THAT(host.questions(), ElementsAre(testing::HasSubstr("TLS-Version: TLSv1.3\r\n")));
    const auto* const trouble = std::get_if<Trouble>(&told.front());
    ASSERT_NE(trouble, nullptr);
    EXPECT_EQ(trouble->where, "rspamd");
    EXPECT_EQ(trouble->what, "left out of what it said: field \"X-A\", which is not a safe one");
    sim.run(inquest.join());
}

}  // namespace
}  // namespace cursus
