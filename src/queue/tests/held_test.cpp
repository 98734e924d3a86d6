// The quarantine: recipients that are held, released, removed, and forgotten at the end of their hold.
#include <gtest/gtest.h>

#include <set>

#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class HeldTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }

    Queue::Step hold(const QueueFilter& filter, std::optional<WallTime> until = {}) {
        return all_steps([&](std::string from) {
            return queue->hold(filter, std::move(from), Hold{"operator", "wait", until});
        });
    }
    Queue::Step release(const QueueFilter& filter) {
        return all_steps(
            [&](std::string from) { return queue->release_held(filter, std::move(from), "operator"); });
    }
    Queue::Step remove(const QueueFilter& filter) {
        return all_steps(
            [&](std::string from) { return queue->remove(filter, std::move(from), "operator"); });
    }
    std::vector<ListedRecipient> list(const QueueFilter& filter) {
        std::vector<ListedRecipient> all;
        std::string from;
        do {
            auto page = queue->list(filter, from, 7);
            EXPECT_TRUE(page) << page.error().what;
            if (!page) return all;
            std::ranges::move(page->recipients, std::back_inserter(all));
            from = page->next;
        } while (!from.empty());
        return all;
    }
    MessageId accept_held(const std::vector<std::string>& addresses, std::optional<WallTime> until = {}) {
        auto recipients = recipients_of(addresses);
        for (auto& recipient : recipients) recipient.hold = Hold{"rule 'viruses'", "Eicar", until};
        return try_accept(envelope_from("ann@a.example"), std::move(recipients), "Subject: x\r\n\r\n")
            .value();
    }
    bool is_anything_owed() {
        const auto found = std::make_shared<std::optional<OwedReport>>();
        start(ask(*queue, found));
        sim.run_for(1s);
        return found->has_value();
    }
    void expect_clean_end() {
        sim.run_for(10 * 24h);  // what a release has left in the age index goes when its time comes
        EXPECT_FALSE(is_anything_owed());
        expect_whole(sim.disk());
        expect_empty_store();
        EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    }

    static Task<void> release_beside(Queue& queue, MessageId id,
                                     std::shared_ptr<std::vector<std::size_t>> results) {
        const QueueFilter filter{.message = id};
        const auto step = co_await queue.release_held(filter, "", "operator");
        results->push_back(step ? step->touched : 99);
    }
    static Task<void> remove_beside(Queue& queue, MessageId id,
                                    std::shared_ptr<std::vector<std::size_t>> results) {
        const QueueFilter filter{.message = id, .state = RecipientState::Held};
        const auto step = co_await queue.remove(filter, "", "operator");
        results->push_back(step ? step->touched : 99);
    }
    static Task<void> release_to_answer(Queue& queue, std::shared_ptr<std::optional<bool>> answer) {
        const QueueFilter filter;
        const auto step = co_await queue.release_held(filter, "", "operator");
        *answer = step.has_value();
    }
    static Task<void> settle_beside(Queue& queue, Work& work) {
        std::vector<Settlement> settlements{{work.recipients[0].key, SettledDelivered{}}};
        co_await queue.settle(std::move(settlements));
    }

private:
    template <class Call>
    Queue::Step all_steps(Call call) {
        Queue::Step total;
        do {
            const auto step = sim.run(call(total.next));
            EXPECT_TRUE(step) << step.error().what;
            if (!step) return total;
            total.touched += step->touched;
            total.busy += step->busy;
            total.next = step->next;
        } while (!total.next.empty());
        expect_whole(sim.disk());
        return total;
    }
    static Task<void> ask(Queue& queue, std::shared_ptr<std::optional<OwedReport>> found) {
        auto owed = co_await queue.next_owed();
        if (owed) *found = std::move(owed);
    }
};

const QueueFilter everything;

TEST_F(HeldTest, what_is_held_is_not_handed_out_and_its_sender_hears_nothing_until_it_is_released) {
    const auto id = accept("ann@a.example", {"bob@b.example"});
    EXPECT_EQ(hold({.message = id}).touched, 1u);
    EXPECT_FALSE(next_work(1h));
    reopen();
    EXPECT_FALSE(next_work(10 * 24h)) << "longer than mail is tried for";
    EXPECT_FALSE(is_anything_owed());
    EXPECT_EQ(events.count<DelayWarned>(), 0u);
    EXPECT_EQ(events.count<Bounced>(), 0u);
    EXPECT_EQ(release({.message = id}).touched, 1u);
    auto work = next_work();
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, id);
    EXPECT_EQ(body_of(*work->body), "Subject: x\r\n\r\nHello\r\n");
    settle(*work, SettledDelivered{});
    EXPECT_FALSE(next_work(10 * 24h));
    const auto held = events.all<RecipientHeld>();
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(held[0].recipient, "bob@b.example");
    EXPECT_EQ(held[0].by, "operator");
    EXPECT_EQ(held[0].why, "wait");
    EXPECT_FALSE(held[0].until);
    ASSERT_EQ(events.count<RecipientReleased>(), 1u);
    EXPECT_EQ(events.all<RecipientReleased>()[0].by, "operator");
    EXPECT_EQ(events.count<Completed>(), 1u);
    expect_clean_end();
}

TEST_F(HeldTest, a_hold_from_the_start_is_told_of_after_the_acceptance) {
    const auto until = sim.wall_now() + 24h;
    accept_held({"bob@b.example"}, until);
    ASSERT_EQ(events.events.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<Accepted>(events.events[0].body));
    const auto held = events.all<RecipientHeld>();
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(held[0].by, "rule 'viruses'");
    EXPECT_EQ(held[0].why, "Eicar");
    EXPECT_EQ(held[0].until, until);
    EXPECT_FALSE(next_work(1h));
    EXPECT_EQ(keys("x"), 0u) << "nobody grows old";
}

TEST_F(HeldTest, a_filter_says_which_are_held) {
    auto envelope = envelope_from("ann@a.example");
    envelope.account = "julius";
    const auto first =
        try_accept(envelope, recipients_of({"bob@b.example", "carl@c.example"}), "x\r\n").value();
    accept("", {"bob@b.example"});
    accept("eve@e.example", {"bob@b.example"});
    EXPECT_EQ(hold({.account = "nobody"}).touched, 0u);
    EXPECT_EQ(hold({.sender_is_null = true}).touched, 1u);
    EXPECT_EQ(hold({.sender = "eve@e.example"}).touched, 1u);
    EXPECT_EQ(hold({.message = first, .recipient = "carl@c.example"}).touched, 1u);
    EXPECT_EQ(hold({.account = "julius"}).touched, 1u) << "the other one is held already";
    EXPECT_EQ(hold(everything).touched, 0u);
    EXPECT_EQ(list({.state = RecipientState::Held}).size(), 4u);
    EXPECT_EQ(list({.state = RecipientState::Due}).size(), 0u);
    EXPECT_EQ(list(everything).size(), 4u);
    EXPECT_EQ(list({.destination_domain = "b.example"}).size(), 3u);
    EXPECT_EQ(list({.destination_domain = "b.example", .state = RecipientState::Held}).size(), 3u);
    EXPECT_EQ(list({.destination_domain = "b.example", .state = RecipientState::Due}).size(), 0u);
    EXPECT_EQ(release({.destination_domain = "b.example", .account = "julius"}).touched, 1u);
    EXPECT_EQ(release({.held_by = "rule 'viruses'"}).touched, 0u);
    EXPECT_EQ(release({.held_by = "operator"}).touched, 3u);
}

TEST_F(HeldTest, both_what_is_due_and_what_is_held_of_a_domain_is_listed_over_many_pages) {
    for (int i = 0; i < 30; ++i) {
        accept("ann@a.example", {"due" + std::to_string(i) + "@b.example"});
        accept_held({"held" + std::to_string(i) + "@b.example", "other@c.example"});
    }
    std::set<std::string> seen;
    for (const auto& listed : list({.destination_domain = "b.example"})) {
        EXPECT_TRUE(seen.insert(listed.recipient).second);
        EXPECT_EQ(listed.held.has_value(), listed.recipient.starts_with("held"));
    }
    EXPECT_EQ(seen.size(), 60u);
}

TEST_F(HeldTest, a_listing_tells_why_since_when_and_until_when) {
    const auto id = accept_held({"bob@b.example"}, sim.wall_now() + 24h);
    const auto arrived = sim.wall_now();
    sim.run_for(1h);
    const auto listed = list({.message = id});
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].state, RecipientState::Held);
    ASSERT_TRUE(listed[0].held);
    EXPECT_EQ(listed[0].held->hold.why, "Eicar");
    EXPECT_LE(listed[0].held->since, arrived);
    EXPECT_GT(listed[0].held->since, arrived - 1s);
    EXPECT_GT(*listed[0].held->hold.until, listed[0].held->since + 23h);
}

TEST_F(HeldTest, the_first_to_end_is_listed_first_and_what_never_ends_last) {
    accept_held({"never@b.example"});
    accept_held({"second@b.example"}, sim.wall_now() + 48h);
    accept_held({"first@b.example"}, sim.wall_now() + 24h);
    std::vector<std::string> order;
    for (const auto& listed : list({.state = RecipientState::Held})) order.push_back(listed.recipient);
    EXPECT_EQ(order, (std::vector<std::string>{"first@b.example", "second@b.example", "never@b.example"}));
}

TEST_F(HeldTest, looking_at_the_quarantine_costs_nothing_of_the_queue_behind_it) {
    for (int i = 0; i < 1'000; ++i) accept("ann@a.example", {"r" + std::to_string(i) + "@b.example"});
    accept_held({"bob@b.example"});
    const auto before = sim.disk().counts.scanned_entries;
    EXPECT_EQ(list({.state = RecipientState::Held}).size(), 1u);
    EXPECT_EQ(queue->held_summary()->recipients, 1u);
    EXPECT_LE(sim.disk().counts.scanned_entries - before, 5u);
}

TEST_F(HeldTest, at_the_end_of_a_hold_it_is_removed_and_nobody_is_told) {
    for (const auto until : {10 * 24h, 1h}) accept_held({"bob@b.example"}, sim.wall_now() + until);
    accept_held({"carl@c.example"});
    sim.run_for(59min);
    EXPECT_EQ(keys("h"), 3u);
    sim.run_for(2min);
    EXPECT_EQ(keys("h"), 2u);
    EXPECT_EQ(events.count<HoldExpired>(), 1u);
    EXPECT_EQ(events.count<Completed>(), 1u);
    reopen();
    sim.run_for(11 * 24h);
    EXPECT_EQ(keys("h"), 1u) << "what has no end stays";
    EXPECT_EQ(events.count<HoldExpired>(), 2u);
    EXPECT_EQ(events.count<Bounced>(), 0u);
    EXPECT_FALSE(is_anything_owed());
    EXPECT_EQ(remove(everything).touched, 1u);
    expect_clean_end();
}

TEST_F(HeldTest, the_end_of_a_hold_that_began_later_is_met_as_well) {
    accept("ann@a.example", {"bob@b.example"});
    sim.run_for(30min);
    EXPECT_EQ(hold(everything, sim.wall_now() + 10min).touched, 1u);
    sim.run_for(11min);
    EXPECT_EQ(events.count<HoldExpired>(), 1u);
    expect_clean_end();
}

TEST_F(HeldTest, many_holds_that_end_together_go_in_bounded_batches) {
    for (int i = 0; i < 5; ++i) {
        std::vector<std::string> addresses;
        for (int j = 0; j < 100; ++j) addresses.push_back("r" + std::to_string(i * 100 + j) + "@b.example");
        accept_held(addresses, sim.wall_now() + 1h);
    }
    EXPECT_EQ(queue->held_summary()->recipients, 500u);
    sim.run_for(2min);
    EXPECT_EQ(queue->gauges().held, 500u);
    sim.run_for(1h);
    EXPECT_EQ(events.count<HoldExpired>(), 500u);
    EXPECT_EQ(events.count<Completed>(), 5u);
    sim.run_for(2min);
    EXPECT_EQ(queue->gauges().held, 0u);
    expect_clean_end();
}

TEST_F(HeldTest, what_is_being_delivered_is_busy_and_can_be_held_when_the_attempt_has_failed) {
    accept("ann@a.example", {"bob@b.example", "carl@b.example"});
    const auto destination = next();
    auto work = take(*destination, 1);
    queue->release(*destination);
    ASSERT_TRUE(work);
    const auto step = hold(everything);
    EXPECT_EQ(step.touched, 1u);
    EXPECT_EQ(step.busy, 1u);
    settle(*work, SettledDeferred{"mx", busy_reply});
    EXPECT_EQ(hold(everything).touched, 1u) << "a deferred one, too";
    EXPECT_FALSE(next_work(10h));
    EXPECT_EQ(release(everything).touched, 2u);
    auto again = next_work();
    ASSERT_TRUE(again);
    ASSERT_EQ(again->recipients.size(), 2u);
    for (const auto& recipient : again->recipients) EXPECT_EQ(recipient.attempts, 0u);
    settle(*again, SettledDelivered{});
    work.reset();
    again.reset();
    expect_clean_end();
}

TEST_F(HeldTest, a_hold_in_the_moment_of_its_settlement_changes_nothing) {
    accept("ann@a.example", {"bob@b.example"});
    auto work = next_work();
    ASSERT_TRUE(work);
    start(settle_beside(*queue, *work));
    sim.run_for(1us);
    EXPECT_EQ(hold(everything).busy, 1u);
    sim.run_for(100ms);
    work.reset();
    expect_clean_end();
}

TEST_F(HeldTest, releasing_twice_delivers_once) {
    const auto id = accept_held({"bob@b.example", "carl@c.example"});
    const auto results = std::make_shared<std::vector<std::size_t>>();
    for (int i = 0; i < 3; ++i) start(release_beside(*queue, id, results));
    sim.run_for(1s);
    std::ranges::sort(*results);
    EXPECT_EQ(*results, (std::vector<std::size_t>{0, 0, 2}));
    EXPECT_EQ(release({.message = id}).touched, 0u);
    EXPECT_EQ(events.count<RecipientReleased>(), 2u);
    std::multiset<std::string> delivered;
    while (auto work = next_work(1h)) {
        delivered.insert(work->recipients[0].address.text());
        settle(*work, SettledDelivered{});
        EXPECT_EQ(release({.message = id}).touched, 0u);
    }
    EXPECT_EQ(delivered, (std::multiset<std::string>{"bob@b.example", "carl@c.example"}));
    expect_clean_end();
}

TEST_F(HeldTest, only_one_of_a_release_a_removal_and_the_end_of_the_hold_gets_it) {
    std::map<std::string, int> outcomes;
    for (int offset = -20; offset <= 20; ++offset) {
        const auto id = accept_held({"bob@b.example"}, sim.wall_now() + 1h);
        const auto end = sim.wall_now() + 1h;
        const auto expired = events.count<HoldExpired>(), removed = events.count<Removed>();
        const auto results = std::make_shared<std::vector<std::size_t>>();
        sim.run_for(end - sim.wall_now() + std::chrono::milliseconds(offset * 50));
        if (offset % 2 == 0) {
            start(release_beside(*queue, id, results));
            sim.run_for(1us);
            start(remove_beside(*queue, id, results));
        } else {
            start(remove_beside(*queue, id, results));
            sim.run_for(1us);
            start(release_beside(*queue, id, results));
        }
        sim.run_for(5s);
        expect_whole(sim.disk());
        auto work = next_work(1s);
        const auto fates =
            (events.count<HoldExpired>() - expired) + (events.count<Removed>() - removed) + (work ? 1u : 0u);
        EXPECT_EQ(fates, 1u) << offset;
        ++outcomes[work ? "released" : events.count<Removed>() > removed ? "removed" : "expired"];
        if (work) settle(*work, SettledDelivered{});
    }
    EXPECT_EQ(outcomes.size(), 3u) << testing::PrintToString(outcomes);
    expect_clean_end();
}

TEST_F(HeldTest, a_release_begins_the_times_anew) {
    settings.retry.warn_after = 4h;
    settings.retry.give_up_after = 5 * 24h;
    reopen();
    accept_held({"bob@b.example"});
    sim.run_for(20 * 24h);
    EXPECT_EQ(release(everything).touched, 1u);
    const auto released = sim.wall_now();
    settle(*next_work(), SettledDeferred{"mx", busy_reply});
    EXPECT_EQ(events.count<Deferred>(), 1u) << "it is not too old";
    while (events.count<Bounced>() == 0 && sim.wall_now() < released + 7 * 24h) {
        if (auto work = next_work(1h)) settle(*work, SettledDeferred{"mx", busy_reply});
        if (events.count<DelayWarned>() == 0) EXPECT_LT(sim.wall_now(), released + 6h);
    }
    EXPECT_EQ(events.count<DelayWarned>(), 1u);
    EXPECT_EQ(events.count<Bounced>(), 1u);
    EXPECT_GE(sim.wall_now(), released + 5 * 24h);
    EXPECT_LT(sim.wall_now(), released + 5 * 24h + 8h);
}

TEST_F(HeldTest, the_others_of_the_message_grow_old_as_ever_and_are_warned_of_once) {
    settings.retry.warn_after = 4h;
    settings.retry.give_up_after = 24h;
    for (const auto released_after : {1h, 3h, 5h, 30h}) {
        SCOPED_TRACE(std::to_string(released_after.count()) + " h");
        const auto warned = events.count<DelayWarned>(), bounced = events.count<Bounced>();
        reopen();
        auto recipients = recipients_of({"bob@b.example", "carl@c.example"});
        recipients[1].hold = Hold{"rule", "why", {}};
        ASSERT_TRUE(try_accept(envelope_from("ann@a.example"), std::move(recipients), "x\r\n"));
        queue->park("domain:b.example", sim.wall_now() + 100h, {"", busy_reply, 1});
        sim.run_for(released_after);
        EXPECT_EQ(release(everything).touched, 1u);
        queue->park("domain:c.example", sim.wall_now() + 100h, {"", busy_reply, 1});
        sim.run_for(60h);
        EXPECT_EQ(events.count<DelayWarned>() - warned, 2u);
        EXPECT_EQ(events.count<Bounced>() - bounced, 2u);
        sim.run_for(100h);
        expect_whole(sim.disk());
    }
}

TEST_F(HeldTest, who_was_warned_of_before_the_hold_is_not_warned_of_again) {
    settings.retry.warn_after = 4h;
    reopen();
    accept("ann@a.example", {"bob@b.example"});
    queue->park("domain:b.example", sim.wall_now() + 1000h, {"", busy_reply, 1});
    sim.run_for(5h);
    EXPECT_EQ(events.count<DelayWarned>(), 1u);
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(hold(everything).touched, 1u);
        sim.run_for(5h);
        EXPECT_EQ(release(everything).touched, 1u);
        sim.run_for(24h);
    }
    EXPECT_EQ(events.count<DelayWarned>(), 1u);
    sim.run_for(5 * 24h);
    EXPECT_EQ(events.count<Bounced>(), 1u);
}

TEST_F(HeldTest, an_expansion_after_the_release_is_as_young_as_the_release) {
    accept_held({"list@b.example"});
    sim.run_for(20 * 24h);
    EXPECT_EQ(release(everything).touched, 1u);
    settle(*next_work(), SettledExpanded{{Branch{mailbox("carl@c.example"), {}, {}, {}}}});
    auto work = next_work();
    ASSERT_TRUE(work);
    settle(*work, SettledDeferred{"mx", busy_reply});
    EXPECT_EQ(events.count<Bounced>(), 0u);
    EXPECT_EQ(events.count<Deferred>(), 1u);
}

TEST_F(HeldTest, a_branch_can_be_held_and_keeps_its_handling) {
    accept("ann@a.example", {"list@b.example"});
    Handling handling;
    handling.sender = ReversePath(mailbox("list-request@b.example"));
    handling.front = "List-Id: <list.b.example>\r\n";
    settle(*next_work(), SettledExpanded{{Branch{mailbox("carl@c.example"), {}, {}, handling}}});
    EXPECT_EQ(hold(everything).touched, 1u);
    reopen();
    EXPECT_EQ(release(everything).touched, 1u);
    const auto work = next_work();
    ASSERT_TRUE(work);
    EXPECT_EQ(work->front, handling.front);
    EXPECT_EQ(bare_text(work->envelope->sender), "list-request@b.example");
    settle(*work, SettledDelivered{});
    expect_clean_end();
}

TEST_F(HeldTest, mail_for_later_is_not_due_before_its_time_by_its_release) {
    auto envelope = envelope_from("ann@a.example");
    envelope.not_before = sim.wall_now() + 10h;
    ASSERT_TRUE(try_accept(std::move(envelope), recipients_of({"bob@b.example"}), "x\r\n"));
    EXPECT_EQ(hold(everything).touched, 1u);
    EXPECT_EQ(release(everything).touched, 1u);
    EXPECT_FALSE(next_work(9h));
    EXPECT_TRUE(next_work(2h));
}

TEST_F(HeldTest, a_step_is_bounded_and_the_next_one_goes_on) {
    std::vector<std::string> addresses;
    for (int i = 0; i < 500; ++i) addresses.push_back("r" + std::to_string(i) + "@b.example");
    accept_held(addresses);
    const auto step = sim.run(queue->release_held(everything, {}, "operator"));
    ASSERT_TRUE(step);
    EXPECT_EQ(step->touched, 200u);
    EXPECT_EQ(release(everything).touched, 300u);
    EXPECT_EQ(hold(everything).touched, 500u);
}

TEST_F(HeldTest, a_kill_in_a_hold_or_a_release_leaves_each_recipient_one_or_the_other) {
    std::set<std::size_t> held_counts;
    for (std::uint64_t steps = 1; steps < 40; ++steps) {
        SCOPED_TRACE(steps);
        const auto id = accept_held({"a@b.example", "b@b.example", "c@c.example"});
        sim.kill_after(steps);
        try {
            sim.run(queue->release_held({.message = id}, {}, "operator"));
            sim.run(queue->hold({.message = id}, {}, Hold{"operator", "wait", {}}));
            sim.spare();
        } catch (const Killed&) {
            open_after_kill();
        }
        expect_whole(sim.disk());
        held_counts.insert(keys("h"));
        EXPECT_TRUE(keys("h") == 0 || keys("h") == 3) << "a release is one batch";
        const auto held = keys("h");
        EXPECT_EQ(release({.message = id}).touched, held);
        std::multiset<std::string> delivered;
        while (auto work = next_work(1s)) {
            for (const auto& recipient : work->recipients) delivered.insert(recipient.address.text());
            settle(*work, SettledDelivered{});
        }
        EXPECT_EQ(delivered, (std::multiset<std::string>{"a@b.example", "b@b.example", "c@c.example"}));
    }
    EXPECT_EQ(held_counts.size(), 2u) << "kills before and after the write were both seen";
    expect_clean_end();
}

TEST_F(HeldTest, a_queue_that_stops_says_that_nothing_was_released) {
    accept_held({"bob@b.example"});
    sim.disk().trouble = StoreErrorKind::Failed;
    const auto answer = std::make_shared<std::optional<bool>>();
    start(release_to_answer(*queue, answer));
    sim.run_for(1s);
    EXPECT_FALSE(*answer);
    queue->begin_stop();
    sim.run_for(10s);
    EXPECT_EQ(*answer, false);
    sim.disk().trouble.reset();
    reopen();
    EXPECT_EQ(keys("h"), 1u);
}

TEST_F(HeldTest, an_entry_of_the_index_that_leads_nowhere_is_healed) {
    const auto id = accept("ann@a.example", {"bob@b.example"});
    close();
    sim.disk().entries[held_key({sim.wall_now(), {id, 0}})] = "";
    sim.disk().entries[held_key({sim.wall_now(), {MessageId(77), 0}})] = "";
    open();
    sim.run_for(2min);
    EXPECT_EQ(keys("h"), 0u);
    EXPECT_EQ(events.count<Trouble>(), 2u);
    auto work = next_work();
    ASSERT_TRUE(work) << "what is not held is not touched";
    settle(*work, SettledDelivered{});
    work.reset();
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    expect_clean_end();
}

TEST_F(HeldTest, a_message_can_be_looked_at_while_it_is_there) {
    const auto id = accept_held({"bob@b.example"});
    auto found = queue->message(id);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->envelope->service, "mx");
    EXPECT_EQ(body_of(*(*found)->body), "Subject: x\r\n\r\n");
    EXPECT_EQ(remove({.message = id, .state = RecipientState::Held}).touched, 1u);
    const auto gone = queue->message(id);
    ASSERT_TRUE(gone);
    EXPECT_FALSE(*gone);
    sim.run_for(1s);
    EXPECT_FALSE(sim.run((*found)->body->piece(0))) << "not a piece of nothing";
}

TEST_F(HeldTest, words_of_any_length_are_kept_up_to_an_end) {
    auto recipients = recipients_of({"bob@b.example"});
    recipients[0].hold = Hold{std::string(100'000, 'b'), std::string(100'000, 'w'), {}};
    ASSERT_TRUE(try_accept(envelope_from("ann@a.example"), std::move(recipients), "x\r\n"));
    const auto listed = list(everything);
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].held->hold.why.size(), kept_reply_bytes_max);
    EXPECT_EQ(listed[0].held->hold.by.size(), kept_reply_bytes_max);
    EXPECT_EQ(events.all<RecipientHeld>().at(0).why.size(), kept_reply_bytes_max);
}

}  // namespace
}  // namespace cursus
