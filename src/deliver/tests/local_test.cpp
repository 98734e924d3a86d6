// Whole deliveries to mailboxes of this host.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"

namespace cursus {
namespace {

class Local : public DeliveryWorld {};

TEST_F(Local, a_message_lies_in_its_maildir_with_its_path_before_it) {
    start();
    world.accept("ann@b.example", {"Julius+list@rome.example"}, "Subject: x\r\n\r\n.dot\r\n");
    ASSERT_TRUE(delivered(1, 1min));
    const auto names = files_in("/mail/rome.example/julius/new");
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(file("/mail/rome.example/julius/new/" + names[0]),
              "Return-Path: <ann@b.example>\nDelivered-To: Julius+list@rome.example\nSubject: x\n\n.dot\n");
    EXPECT_TRUE(files_in("/mail/rome.example/julius/tmp").empty());
    EXPECT_EQ(world.events.all<Delivered>()[0].where, "/mail/rome.example/julius");
    stop();
    world.open();
    world.expect_empty_store();
}

TEST_F(Local, a_message_in_many_pieces_is_whole) {
    std::string large = "Subject: x\r\n\r\n",
                expected = "Return-Path: <>\nDelivered-To: a@rome.example\nSubject: x\n\n";
    for (int i = 0; large.size() < 900'000; ++i) {
        large += std::to_string(i) + "\r\n";
        expected += std::to_string(i) + "\n";
    }
    start();
    world.accept("", {"a@rome.example"}, large);
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_TRUE(file("/mail/rome.example/a/new/" + files_in("/mail/rome.example/a/new").at(0)) == expected);
}

TEST_F(Local, many_messages_to_many_mailboxes_all_arrive) {
    start();
    for (int i = 0; i < 100; ++i)
        world.accept("ann@b.example", {"u" + std::to_string(i % 7) + "@rome.example", "all@rome.example"});
    ASSERT_TRUE(delivered(200, 10min));
    EXPECT_EQ(files_in("/mail/rome.example/all/new").size(), 100U);
}

TEST_F(Local, a_subaddress_goes_into_its_folder_if_the_owner_has_made_one) {
    world.settings.local.folders = true;
    start();
    world.accept("ann@b.example", {"julius@rome.example"});
    ASSERT_TRUE(delivered(1, 1min));
    ASSERT_TRUE(world.sim.files().make_directory("/mail/rome.example/julius/.lists", 0700));
    world.accept("ann@b.example", {"julius+lists@rome.example", "julius+other@rome.example"});
    ASSERT_TRUE(delivered(3, 1min));
    EXPECT_EQ(files_in("/mail/rome.example/julius/.lists/new").size(), 1U);
    EXPECT_EQ(files_in("/mail/rome.example/julius/new").size(), 2U);
    EXPECT_FALSE(world.sim.files().exists("/mail/rome.example/julius/.other"));
}

TEST_F(Local, a_name_that_cannot_be_a_mailbox_fails_for_good) {
    start();
    world.accept("ann@b.example", {"\"../x\"@rome.example", "julius@rome.example"});
    ASSERT_TRUE(bounced(1, 1min));
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.status()->text(), "5.1.1");
}

TEST_F(Local, what_was_delivered_outlives_a_power_cut_and_nothing_is_lost) {
    start();
    for (int i = 0; i < 30; ++i) world.accept("ann@b.example", {"julius@rome.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Delivered>() >= 10; }));
    const auto known = world.events.count<Delivered>();
    graveyard::keep(std::move(dispatcher));
    world.crash();
    EXPECT_GE(files_in("/mail/rome.example/julius/new").size(), known);
    dispatcher = std::make_unique<Dispatcher>(
        DeliverNeeds{world.sim.world(), *world.queue, world.events, ways(world.settings)});
    dispatcher->start();
    world.sim.run_for(1min);
    EXPECT_EQ(files_in("/mail/rome.example/julius/new").size(), 30U);
}

}  // namespace
}  // namespace cursus
