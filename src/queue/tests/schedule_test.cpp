// What the schedule costs, and in which order it hands work out.
#include "queue/schedule.h"

#include <gtest/gtest.h>

#include <map>

#include "queue/records.h"
#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class ScheduleTest : public testing::Test, public QueueWorld {
protected:
    // Mail in the store as if it had been accepted long ago; the queue is not open.
    void put(const Destination& destination, std::uint64_t first_id, std::size_t count, WallTime due) {
        RecipientRecord recipient{.address = mailbox("bob@b.example"),
                                  .original = {},
                                  .notify = {},
                                  .state = RecipientState::Due,
                                  .attempts = 1,
                                  .due = due,
                                  .destination = destination,
                                  .last = {},
                                  .parent = {},
                                  .held = {}};
        MessageRecord message{.envelope = envelope_from("ann@a.example"), .pieces = 0, .recipients = 1};
        message.envelope.arrived = sim.wall_now();
        const auto message_value = encode(message), recipient_value = encode(recipient);
        for (std::size_t i = 0; i < count; ++i) {
            const RecipientKey key{MessageId(first_id + i), 0};
            sim.disk().entries.emplace(message_key(key.message), message_value);
            sim.disk().entries.emplace(recipient_key(key), recipient_value);
            sim.disk().entries.emplace(age_key({AgeStage::Warn, message.envelope.arrived, key.message}), "");
            sim.disk().entries.emplace(due_key(destination, lane_of(0), {due, key}), "");
        }
    }
};

TEST_F(ScheduleTest, a_parked_backlog_of_a_quarter_million_costs_no_reads_and_no_memory_to_speak_of) {
    put("domain:dead.example", 1, 250'000, sim.wall_now());
    put("domain:alive.example", 1'000'000, 3, sim.wall_now());
    open();
    sim.run_for(1s);
    EXPECT_LT(sim.disk().counts.scanned_entries, 200u) << "the start does not walk the queue";
    std::vector<Destination> found{*next(), *next()};
    std::ranges::sort(found);
    ASSERT_EQ(found, (std::vector<Destination>{"domain:alive.example", "domain:dead.example"}));
    queue->park("domain:dead.example", sim.wall_now() + 3h,
                DestinationTrouble{"mx.dead.example", busy_reply});
    for (int i = 0; i < 3; ++i) settle(*take("domain:alive.example"), SettledDelivered{});
    queue->release("domain:alive.example");
    const auto reads = sim.disk().counts.reads();
    EXPECT_FALSE(next(1h));
    EXPECT_EQ(sim.disk().counts.reads(), reads);
    for (int i = 0; i < 100; ++i) accept("ann@a.example", {"bob@dead.example"});
    EXPECT_EQ(sim.disk().counts.reads(), reads) << "new mail for it goes to the store and nowhere else";
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    EXPECT_EQ(next(2h), "domain:dead.example");
    EXPECT_TRUE(take("domain:dead.example"));
}

TEST_F(ScheduleTest, the_start_finds_every_destination_with_a_step_each) {
    for (std::uint64_t i = 0; i < 400; ++i)
        put("domain:d" + std::to_string(i) + ".example", 1 + i * 100, 50, sim.wall_now());
    open();
    sim.run_for(1s);
    EXPECT_EQ(queue->gauges().destinations, 400u);
    EXPECT_LT(sim.disk().counts.scanned_entries, 600u);
    std::set<Destination> found;
    while (const auto destination = next()) found.insert(*destination);
    EXPECT_EQ(found.size(), 400u);
}

TEST_F(ScheduleTest, a_backlog_is_read_in_pages_and_handed_out_in_order_once_each) {
    put("domain:b.example", 1, 1'000, sim.wall_now());
    open();
    const auto destination = next();
    ASSERT_TRUE(destination);
    std::vector<Work> leased, given_back;
    for (std::uint64_t i = 1; i <= 1'000; ++i) {
        auto work = take(*destination);
        ASSERT_TRUE(work) << i;
        ASSERT_EQ(work->message, MessageId(i));
        if (i % 3 == 0) settle(*work, SettledDelivered{});
        if (i % 3 == 1) leased.push_back(*std::move(work));
        if (i % 3 == 2) given_back.push_back(*std::move(work));
    }
    given_back.clear();
    sim.run_for(1ms);
    for (std::uint64_t i = 2; i <= 1'000; i += 3) {
        auto work = take(*destination);
        ASSERT_TRUE(work);
        ASSERT_EQ(work->message, MessageId(i)) << "given back in order, the leased ones left out";
        settle(*work, SettledDelivered{});
    }
    EXPECT_FALSE(take(*destination));
}

TEST_F(ScheduleTest, fresh_mail_does_not_overtake_an_older_backlog) {
    put("domain:b.example", 1, 500, sim.wall_now() - 1h);
    open();
    const auto destination = next();
    const auto fresh = accept("ann@a.example", {"bob@b.example"});
    for (std::uint64_t i = 1; i <= 500; ++i) {
        auto work = take(*destination);
        ASSERT_TRUE(work);
        ASSERT_EQ(work->message, MessageId(i));
        settle(*work, SettledDelivered{});
    }
    EXPECT_EQ(take(*destination)->message, fresh);
}

TEST_F(ScheduleTest, a_destination_with_much_work_lets_the_others_have_their_turn) {
    put("domain:big.example", 1, 100, sim.wall_now());
    put("domain:small.example", 1'000, 2, sim.wall_now());
    open();
    sim.run_for(1s);
    std::vector<Destination> turns;
    for (int i = 0; i < 4; ++i) {
        turns.push_back(*next());
        settle(*take(turns.back()), SettledDelivered{});
        queue->release(turns.back());
    }
    EXPECT_EQ(std::ranges::count(turns, "domain:small.example"), 2);
}

TEST_F(ScheduleTest, more_fresh_mail_than_the_window_holds_is_all_handed_out_once) {
    open();
    sim.disk().sync_min = sim.disk().sync_max = 100us;
    const auto many = [](Queue& q) -> Task<void> {
        for (int i = 0; i < 500; ++i) {
            co_await QueueWorld::accept_one(q, envelope_from("ann@a.example"),
                                            recipients_of({"bob@b.example"}), "x\r\n");
        }
    };
    for (int i = 0; i < 22; ++i) start(many(*queue));
    ASSERT_TRUE(sim.run_until([&] { return sim.disk().entries.size() == 2 + 4 * 11'000; }, 10min));
    sim.run_for(1s);
    EXPECT_EQ(queue->gauges().body_bytes_held, 3u * Schedule::fresh_per_destination_max);
    const auto destination = next();
    const auto drain = [](Queue& q, Destination name, int& delivered) -> Task<void> {
        for (;;) {
            auto work = co_await q.take(name, 100);
            if (!work) co_return;
            std::vector<Settlement> settlements{{work->recipients[0].key, SettledDelivered{}}};
            co_await q.settle(std::move(settlements));
            ++delivered;
        }
    };
    int delivered = 0;
    sim.run(drain(*queue, *destination, delivered));
    EXPECT_EQ(delivered, 11'000);
    expect_empty_store();
}

TEST_F(ScheduleTest, what_the_index_names_and_nobody_has_is_removed_and_said) {
    put("domain:b.example", 1, 3, sim.wall_now());
    sim.disk().entries.erase(message_key(MessageId(1)));
    sim.disk().entries.erase(recipient_key({MessageId(2), 0}));
    open();
    const auto destination = next();
    auto work = take(*destination);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, MessageId(3));
    sim.run_for(1s);
    EXPECT_EQ(keys("d"), 1u);
    EXPECT_EQ(events.count<Trouble>(), 2u);
}

TEST_F(ScheduleTest, a_record_that_cannot_be_read_holds_up_nothing_else) {
    put("domain:b.example", 1, 3, sim.wall_now());
    sim.disk().entries[recipient_key({MessageId(1), 0})] = "garbage";
    sim.disk().entries[message_key(MessageId(2))] = "garbage";
    open();
    const auto destination = next();
    auto work = take(*destination);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, MessageId(3));
    EXPECT_EQ(events.count<Trouble>(), 2u);
    settle(*work, SettledDelivered{});
    queue->release(*destination);
    EXPECT_FALSE(next(1h));
    EXPECT_EQ(keys("d"), 2u) << "left for somebody to look at";
}

TEST(DestinationTable, when_full_it_forgets_those_whose_turn_comes_last) {
    DestinationTable table;
    const WallTime now{};
    const auto add = [&](const std::string& name, WallTime due) {
        auto* state = table.add(name, due);
        if (state == nullptr) return false;
        state->unknown_from.emplace(lane_of(0), DuePosition{due, {}});
        table.relist(*state, now);
        return true;
    };
    for (std::size_t i = 0; i < DestinationTable::destinations_max; ++i) {
        ASSERT_TRUE(add("d" + std::to_string(i), now + 1h + std::chrono::seconds(i)));
    }
    EXPECT_FALSE(table.is_incomplete());
    EXPECT_FALSE(add("late", now + 48h));
    EXPECT_TRUE(table.take_incomplete());
    EXPECT_TRUE(add("early", now));
    EXPECT_TRUE(table.is_incomplete());
    EXPECT_EQ(table.find("d" + std::to_string(DestinationTable::destinations_max - 1)), nullptr);
    EXPECT_EQ(table.size(), DestinationTable::destinations_max);
    EXPECT_EQ(table.next(now)->name, "early");
    EXPECT_EQ(table.next(now), nullptr);
    EXPECT_EQ(table.next_time(), now + 1h);
}

}  // namespace
}  // namespace cursus
