#include "receive/message_scans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/tests/held_message.h"
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

}  // namespace
}  // namespace cursus
