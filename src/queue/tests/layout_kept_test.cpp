// Small stores as earlier releases wrote them, kept: every later release must open them. That of the first
// one, and that of the first one with a quarantine and with heads of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

std::string from_hex(std::string_view text) {
    std::string octets;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        octets += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return octets;
}

// Lines "entry KEY VALUE" and "blob KEY VALUE" in hexadecimal; an empty value is "-".
void load(SimDisk& disk, const char* name) {
    std::ifstream file(std::filesystem::path(STORE_FIXTURES) / name);
    ASSERT_TRUE(file);
    std::string kind, key, value;
    while (file >> kind >> key >> value) {
        auto octets = value == "-" ? std::string() : from_hex(value);
        if (kind == "entry") disk.entries[from_hex(key)] = std::move(octets);
        if (kind == "blob")
            disk.blobs[from_hex(key)] = std::make_shared<const std::string>(std::move(octets));
    }
}

void expect_written_the_same(const SimDisk& disk) {
    expect_whole(disk);
    for (const auto& [key, value] : disk.entries) {
        switch (key.front()) {
            case 'm':
                EXPECT_EQ(encode(decode_message(value).value()), value);
                break;
            case 'r':
                EXPECT_EQ(encode(decode_recipient(value).value()), value);
                break;
            case 'o':
                EXPECT_EQ(encode(decode_owed(value).value()), value);
                break;
            case 's':
                EXPECT_EQ(encode(decode_site(value).value()), value);
                break;
            case 'l':
                EXPECT_EQ(encode(decode_lease(value).value()), value);
                break;
            default:
                break;
        }
    }
}

TEST(LayoutVersion1, is_still_written_octet_for_octet) {
    SimDisk disk;
    load(disk, "layout_v1.txt");
    ASSERT_EQ(disk.entries.size(), 13u);
    expect_written_the_same(disk);
}

TEST(LayoutWithQuarantine, is_still_written_octet_for_octet) {
    SimDisk disk;
    load(disk, "layout_held.txt");
    ASSERT_EQ(disk.entries.size(), 12u);
    expect_written_the_same(disk);
}

TEST(LayoutWithQuarantine, is_opened_and_its_mail_delivered_and_released) {
    QueueWorld world;
    load(world.sim.disk(), "layout_held.txt");
    world.open();
    const auto listed = world.queue->list({.state = RecipientState::Held}, "", 10);
    ASSERT_TRUE(listed);
    ASSERT_EQ(listed->recipients.size(), 1u);
    EXPECT_EQ(listed->recipients[0].held->hold.why, "Eicar-Test-Signature");
    const auto& held = *listed->recipients[0].held;
    EXPECT_EQ(*held.hold.until - held.since, 14 * 24h);
    EXPECT_EQ(world.sim.run(world.queue->release_held({}, "", "operator"))->touched, 1u);
    std::map<std::string, std::string> delivered;
    while (auto work = world.next_work(1h)) {
        delivered[work->recipients[0].address.text()] = world.body_of(*work->body);
        world.settle(*work, SettledDelivered{});
    }
    EXPECT_EQ(delivered.size(), 3u);
    EXPECT_EQ(delivered["headed@d.example"],
              "X-Scanned: yes\r\nSubject: new\r\n\r\nWith a head of its own\r\n");
    world.sim.run_for(10 * 24h);
    world.expect_empty_store();
}

TEST(LayoutVersion1, is_opened_and_its_mail_delivered) {
    QueueWorld world;
    load(world.sim.disk(), "layout_v1.txt");
    world.open();
    const auto site = world.queue->site_state("mx.c.example");
    ASSERT_TRUE(site && *site);
    EXPECT_EQ((*site)->why, "connection refused");
    std::vector<std::string> delivered;
    while (auto work = world.next_work(6h)) {
        if (work->recipients[0].address == mailbox("carl@c.example")) {
            EXPECT_EQ(work->recipients[0].attempts, 1u);
            EXPECT_EQ(work->envelope->priority, 3);
            EXPECT_EQ(work->envelope->client.helo, "client.example");
        }
        EXPECT_EQ(world.body_of(*work->body), "Subject: kept\r\n\r\nFrom the first release\r\n");
        delivered.push_back(work->recipients[0].address.text());
        world.settle(*work, SettledDelivered{});
    }
    std::ranges::sort(delivered);
    EXPECT_EQ(delivered, (std::vector<std::string>{"carl@c.example", "dora@d.example"}));
    auto owed = world.next_owed();
    ASSERT_TRUE(owed);
    EXPECT_EQ(owed->recipients.at(0).address, "bob@b.example");
    world.sim.run(world.queue->forgive(*owed));
    world.sim.run(world.queue->set_site_state("mx.c.example", std::nullopt));
    world.expect_empty_store();
}

}  // namespace
}  // namespace cursus
