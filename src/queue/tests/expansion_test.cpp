// A recipient whose place others take.
#include <gmock/gmock.h>

#include "queue/records.h"
#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using testing::IsEmpty;

Branch branch(std::string_view address, std::string_view sender = "") {
    Branch made{mailbox(address), {}, {}, {}};
    if (!sender.empty()) made.handling.sender = mailbox(sender);
    return made;
}

void expand(QueueWorld& world, const Work& work, std::vector<Branch> branches) {
    world.settle(work, SettledExpanded{std::move(branches)});
}

TEST(Expansion, branches_take_the_recipients_place_each_at_its_destination) {
    QueueWorld world;
    world.open();
    world.accept("ann@b.example", {"list@rome.example"});
    expand(world, world.next_work().value(), {branch("x@sea.example"), branch("y@sky.example")});
    std::vector<std::string> addresses;
    for (int i = 0; i < 2; ++i) {
        const auto work = world.next_work();
        ASSERT_TRUE(work);
        addresses.push_back(work->recipients.at(0).address.text());
        world.settle(*work, SettledDelivered{});
    }
    EXPECT_THAT(addresses, testing::UnorderedElementsAre("x@sea.example", "y@sky.example"));
    world.expect_empty_store();
    EXPECT_EQ(world.events.count<Completed>(), 1U);
}

TEST(Expansion, none_is_the_end_of_it) {
    QueueWorld world;
    world.open();
    world.accept("ann@b.example", {"hole@rome.example"});
    expand(world, world.next_work().value(), {});
    world.expect_empty_store();
}

TEST(Expansion, each_sender_and_front_is_a_work_of_its_own_and_outlives_a_restart) {
    QueueWorld world;
    world.open();
    world.accept("ann@b.example", {"list@rome.example"}, "Subject: x\r\n\r\nHello\r\n");
    auto fronted = branch("c@sea.example", "owner@rome.example");
    fronted.handling.front = "Delivered-To: list@rome.example\r\n";
    expand(world, world.next_work().value(),
           {branch("a@sea.example", "owner@rome.example"), branch("b@sea.example", "owner@rome.example"),
            fronted, branch("d@sea.example")});
    world.reopen();
    std::map<std::string, std::string> seen;  // recipients, and how the message looks to them
    for (int i = 0; i < 3; ++i) {
        const auto work = world.next_work();
        ASSERT_TRUE(work);
        std::string who;
        for (const auto& recipient : work->recipients) who += recipient.address.local_part();
        const std::string body = world.body_of(*work->body);
        EXPECT_EQ(work->envelope->size, body.size());
        seen[who] = bare_text(work->envelope->sender) + '|' + body.substr(0, body.find('\r'));
        world.settle(*work, SettledDelivered{});
    }
    EXPECT_EQ(seen,
              (std::map<std::string, std::string>{{"ab", "owner@rome.example|Subject: x"},
                                                  {"c", "owner@rome.example|Delivered-To: list@rome.example"},
                                                  {"d", "ann@b.example|Subject: x"}}));
    world.expect_empty_store();
}

TEST(Expansion, who_is_to_stay_alone_does) {
    QueueWorld world;
    world.open();
    world.accept("ann@b.example", {"list@rome.example"});
    std::vector<Branch> branches{branch("a@sea.example"), branch("b@sea.example")};
    for (auto& each : branches) each.handling.single_copy = true;
    expand(world, world.next_work().value(), std::move(branches));
    for (int i = 0; i < 2; ++i) {
        const auto work = world.next_work();
        ASSERT_TRUE(work);
        EXPECT_EQ(work->recipients.size(), 1U);
        EXPECT_TRUE(work->single_copy);
        world.settle(*work, SettledDelivered{});
    }
}

TEST(Expansion, who_fails_at_once_is_owed_to_whoever_sends_to_them) {
    QueueWorld world;
    world.open();
    world.accept("ann@b.example", {"list@rome.example"});
    const Reply gone(550, Status{5, 1, 1}, "gone");
    auto first = branch("a@sea.example", "owner@rome.example"), second = branch("b@sea.example");
    first.failure = gone;
    second.failure = gone;
    expand(world, world.next_work().value(), {first, second});
    EXPECT_EQ(world.events.count<Bounced>(), 2U);
    world.reopen();
    std::map<std::string, std::string> told;
    for (int i = 0; i < 2; ++i) {
        const auto debt = world.next_owed();
        ASSERT_TRUE(debt);
        told[bare_text(debt->sender)] = debt->recipients.at(0).address;
        ASSERT_TRUE(world.sim.run(world.queue->forgive(*debt)));
    }
    EXPECT_EQ(told, (std::map<std::string, std::string>{{"owner@rome.example", "a@sea.example"},
                                                        {"ann@b.example", "b@sea.example"}}));
    world.expect_empty_store();
}

TEST(Expansion, numbers_are_never_given_twice) {
    QueueWorld world;
    world.open();
    world.accept("ann@b.example", {"list@rome.example"});
    expand(world, world.next_work().value(), {branch("a@sea.example")});
    world.reopen();
    const auto second = world.next_work();
    const auto number = second->recipients.at(0).key.number;
    EXPECT_GT(number, 0U);
    expand(world, *second, {branch("b@sea.example")});
    world.reopen();
    EXPECT_GT(world.next_work()->recipients.at(0).key.number, number);
}

TEST(Expansion, what_a_branch_is_for_is_kept) {
    RecipientRecord record{.address = mailbox("list@rome.example"),
                           .original = {},
                           .notify = {},
                           .destination = "local",
                           .last = {},
                           .parent = 3,
                           .held = {}};
    for (const LocalTarget& target :
         {LocalTarget{}, LocalTarget{CommandTarget{{"/bin/x", "a b"}}, "bob"},
          LocalTarget{FileTarget{"/m"}, "bob"}, LocalTarget{DirectoryTarget{"/d"}, "nobody"}}) {
        record.handling = {target, ReversePath(NullPath{}), "X: y\r\n", true};
        EXPECT_EQ(decode_recipient(encode(record)), record);
    }
    record.handling = {};
    EXPECT_EQ(static_cast<int>(encode(record).front()), 1) << "as the version before writes and reads it";
}

}  // namespace
}  // namespace cursus
