// Acceptance, delivery and settlement, through restarts.
#include "queue/queue.h"

#include <gtest/gtest.h>

#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class QueueTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }
};

TEST_F(QueueTest, a_message_is_accepted_taken_and_settled_and_then_nothing_of_it_is_left) {
    const auto id = accept("ann@a.example", {"bob@b.example"}, "Subject: hello\r\n\r\nBody\r\n");
    EXPECT_EQ(events.count<Accepted>(), 1u);
    const auto destination = next();
    ASSERT_EQ(destination, "domain:b.example");
    auto work = take(*destination);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, id);
    EXPECT_EQ(work->envelope->size, 24u);
    EXPECT_EQ(path_text(work->envelope->sender), "<ann@a.example>");
    ASSERT_EQ(work->recipients.size(), 1u);
    EXPECT_EQ(work->recipients[0].address, mailbox("bob@b.example"));
    EXPECT_EQ(body_of(*work->body), "Subject: hello\r\n\r\nBody\r\n");
    EXPECT_FALSE(take(*destination)) << "what is leased is not given twice";
    settle(*work, SettledDelivered{});
    EXPECT_EQ(events.count<Completed>(), 1u);
    expect_empty_store();
    EXPECT_EQ(queue->gauges().leased, 0u);
    queue->release(*destination);
    work.reset();
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    EXPECT_EQ(queue->gauges().destinations, 0u);
}

TEST_F(QueueTest, fresh_mail_is_handed_out_without_a_read) {
    const auto before = sim.disk().counts.reads();
    accept("ann@a.example", {"bob@b.example"});
    auto work = next_work();
    ASSERT_TRUE(work);
    body_of(*work->body);
    settle(*work, SettledDelivered{});
    EXPECT_EQ(sim.disk().counts.reads(), before);
}

TEST_F(QueueTest, recipients_of_one_destination_come_together_and_others_apart) {
    accept("ann@a.example", {"b1@b.example", "c@c.example", "b2@b.example", "b3@b.example"});
    ASSERT_EQ(next(), "domain:b.example");
    auto first = take("domain:b.example", 2);
    auto second = take("domain:b.example", 2);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->recipients.size(), 2u);
    EXPECT_EQ(second->recipients.size(), 1u);
    ASSERT_EQ(next(), "domain:c.example");
    auto third = take("domain:c.example");
    ASSERT_TRUE(third);
    settle(*third, SettledDelivered{});
    settle(*first, SettledDelivered{});
    EXPECT_EQ(events.count<Completed>(), 0u);
    EXPECT_EQ(keys("m"), 1u);
    settle(*second, SettledDelivered{});
    EXPECT_EQ(events.count<Completed>(), 1u);
    expect_empty_store();
}

TEST_F(QueueTest, what_was_accepted_is_found_again_after_a_restart) {
    const std::string body(100'000, 'x');
    const auto id = accept("ann@a.example", {"b@b.example", "c@c.example"}, body);
    reopen();
    auto work = next_work();
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, id);
    EXPECT_EQ(work->recipients.size(), 1u);
    EXPECT_EQ(body_of(*work->body), body);
    settle(*work, SettledDelivered{});
    work.reset();
    reopen();
    work = next_work();
    ASSERT_TRUE(work);
    EXPECT_EQ(work->message, id);
    settle(*work, SettledDelivered{});
    EXPECT_FALSE(next(2min));
    expect_empty_store();
}

TEST_F(QueueTest, a_deferred_recipient_is_due_again_by_the_schedule) {
    accept("ann@a.example", {"bob@b.example"});
    for (const auto expected : {5min, 15min, 30min, 60min, 120min, 240min, 240min}) {
        auto work = next_work(5h);
        ASSERT_TRUE(work);
        settle(*work, SettledDeferred{"mx.b.example", busy_reply});
        work.reset();
        EXPECT_FALSE(next(expected - 2s));
        ASSERT_TRUE(next(4s));
        queue->release("domain:b.example");
    }
    EXPECT_EQ(events.count<Deferred>(), 7u);
    EXPECT_EQ(next_work()->recipients[0].attempts, 7u);
    const auto listed = queue->list({}, {}, 10);
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->recipients.at(0).last_reply, "mx.b.example: " + busy_reply.one_line());
}

TEST_F(QueueTest, a_deferral_survives_a_restart) {
    accept("ann@a.example", {"bob@b.example"});
    settle(*next_work(), SettledDeferred{"mx.b.example", busy_reply});
    reopen();
    EXPECT_FALSE(next(4min));
    auto work = next_work(2min);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->recipients[0].attempts, 1u);
}

TEST_F(QueueTest, untouched_work_is_due_as_before) {
    accept("ann@a.example", {"bob@b.example"});
    const auto destination = next();
    auto work = take(*destination);
    const auto writes = sim.disk().counts.writes;
    settle(*work, SettledUntouched{});
    EXPECT_EQ(sim.disk().counts.writes, writes);
    auto again = take(*destination);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->recipients[0].attempts, 0u);
    settle(*again, SettledDelivered{});
}

TEST_F(QueueTest, work_that_is_destroyed_unsettled_is_due_again) {
    accept("ann@a.example", {"b1@b.example", "b2@b.example"});
    const auto destination = next();
    auto work = take(*destination);
    ASSERT_EQ(work->recipients.size(), 2u);
    sim.run(queue->settle({{work->recipients[0].key, SettledDelivered{}}}));
    work.reset();
    sim.run_for(1ms);
    work = take(*destination);
    ASSERT_TRUE(work);
    ASSERT_EQ(work->recipients.size(), 1u);
    EXPECT_EQ(work->recipients[0].address, mailbox("b2@b.example"));
    EXPECT_EQ(queue->gauges().leased, 1u);
}

TEST_F(QueueTest, settling_twice_changes_nothing) {
    accept("ann@a.example", {"b1@b.example", "b2@b.example"});
    auto work = next_work();
    const auto key = work->recipients[0].key;
    sim.run(queue->settle({{key, SettledDelivered{}}}));
    sim.run(queue->settle({{key, SettledFailed{"mx", unknown_reply}}}));
    sim.run(queue->settle({{key, SettledDelivered{}}, {work->recipients[1].key, SettledDelivered{}}}));
    EXPECT_EQ(events.count<Bounced>(), 0u);
    EXPECT_EQ(events.count<Completed>(), 1u);
    expect_empty_store();
}

TEST_F(QueueTest, urgent_mail_goes_first_and_equal_mail_by_age) {
    const auto submit = [&](int priority) {
        auto envelope = envelope_from("ann@a.example");
        envelope.priority = static_cast<std::int8_t>(priority);
        const auto id = *try_accept(std::move(envelope), recipients_of({"bob@b.example"}), "x\r\n");
        sim.run_for(1s);
        return id;
    };
    const auto plain = submit(0), later = submit(0), urgent = submit(9), idle = submit(-9);
    for (const bool after_restart : {false, true}) {
        if (after_restart) reopen();
        const auto destination = next();
        ASSERT_TRUE(destination);
        std::vector<MessageId> order;
        std::vector<Work> out;
        while (auto work = take(*destination)) {
            order.push_back(work->message);
            out.push_back(*std::move(work));
        }
        EXPECT_EQ(order, (std::vector{urgent, plain, later, idle}));
    }
}

TEST_F(QueueTest, mail_that_is_not_to_go_before_a_time_waits_for_it) {
    auto envelope = envelope_from("ann@a.example");
    envelope.not_before = sim.wall_now() + 2h;
    ASSERT_TRUE(try_accept(std::move(envelope), recipients_of({"bob@b.example"}), "x\r\n"));
    EXPECT_FALSE(next(119min));
    EXPECT_TRUE(next(2min));
}

TEST_F(QueueTest, the_log_says_how_a_message_came) {
    auto envelope = envelope_from("ann@a.example");
    envelope.smtputf8 = true;
    envelope.client.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    envelope.client.authenticated = "ann@a.example";
    for (const auto protocol : {Protocol::Smtp, Protocol::Esmtp, Protocol::Lmtp, Protocol::Local}) {
        envelope.protocol = protocol;
        ASSERT_TRUE(try_accept(envelope, recipients_of({"bob@b.example"}), "x\r\n"));
    }
    std::vector<std::string> words;
    for (const auto& accepted : events.all<Accepted>()) words.push_back(accepted.protocol);
    EXPECT_EQ(words, (std::vector<std::string>{"SMTP", "UTF8SMTPSA", "UTF8LMTPSA", "local"}));
}

TEST_F(QueueTest, a_large_message_is_never_wholly_in_memory_and_comes_back_octet_for_octet) {
    std::string body;
    for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i) + (i % 7 == 0 ? "\r\n" : " ");
    std::uint64_t held_max = 0;
    const auto send = [](Queue& queue, const std::string& text, std::uint64_t& most) -> Task<bool> {
        auto intake = co_await queue.begin();
        for (std::size_t at = 0; at < text.size(); at += 50'000) {
            const auto appended = co_await (*intake)->append(text.substr(at, 50'000));
            if (!appended) co_return false;
            most = std::max(most, queue.gauges().body_bytes_held);
        }
        const auto kept =
            co_await (*intake)->commit(envelope_from("ann@a.example"), recipients_of({"bob@b.example"}));
        co_return kept.has_value();
    };
    ASSERT_TRUE(sim.run(send(*queue, body, held_max)));
    EXPECT_LT(held_max, 700'000u);
    EXPECT_EQ(keys("u"), 0u);
    auto work = next_work();
    ASSERT_TRUE(work);
    EXPECT_EQ(work->envelope->size, body.size());
    EXPECT_EQ(body_of(*work->body), body);
    const auto middle = sim.run(work->body->piece(1'000'003));
    ASSERT_TRUE(middle);
    EXPECT_EQ(**middle, body.substr(1'000'003, (*middle)->size()));
    settle(*work, SettledDelivered{});
    expect_empty_store();
}

TEST_F(QueueTest, an_abandoned_message_leaves_nothing) {
    const auto abandon = [](Queue& queue) -> Task<void> {
        auto intake = co_await queue.begin();
        for (int i = 0; i < 20; ++i) co_await (*intake)->append(std::string(50'000, 'x'));
    };
    sim.run(abandon(*queue));
    sim.run_for(1s);
    expect_empty_store();
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
}

TEST_F(QueueTest, chunks_without_a_message_are_swept_at_the_start) {
    const auto begin = [](Queue& queue, std::shared_ptr<std::unique_ptr<Intake>> kept) -> Task<void> {
        auto intake = co_await queue.begin();
        for (int i = 0; i < 20; ++i) co_await (*intake)->append(std::string(50'000, 'x'));
        *kept = *std::move(intake);
    };
    auto intake = std::make_shared<std::unique_ptr<Intake>>();
    sim.run(begin(*queue, intake));
    EXPECT_EQ(keys("u"), 1u);
    EXPECT_FALSE(sim.disk().blobs.empty());
    sim.kill();
    graveyard::keep(std::move(intake));
    graveyard::keep(std::move(queue));
    sim.restart();
    open();
    expect_empty_store();
}

TEST_F(QueueTest, a_version_from_the_future_is_refused_in_words) {
    close();
    sim.disk().entries["V"] = std::string("\0\0\0\7", 4);
    make();
    const auto started = sim.run(queue->start());
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("layout version 7"), std::string::npos) << started.error().what;
    sim.disk().entries["V"] = std::string("\0\0\0\1", 4);
}

TEST_F(QueueTest, ids_stay_new_when_the_clock_went_back_over_a_restart) {
    const auto before = accept("ann@a.example", {"bob@b.example"});
    close();
    sim.jump_wall(-48h);
    open();
    const auto after = accept("ann@a.example", {"bob@b.example"});
    EXPECT_GT(after, before);
}

TEST_F(QueueTest, waiting_for_work_ends_with_work_or_the_deadline) {
    accept("ann@a.example", {"bob@b.example"});
    const auto destination = next();
    auto work = take(*destination);
    const auto start = sim.now();
    EXPECT_EQ(sim.run(queue->wait_for_work(*destination, start + 5s)), Woken::ByDeadline);
    EXPECT_EQ(sim.now(), start + 5s);
    const auto wait = [](Queue& queue, Destination name, Instant until,
                         std::optional<Woken>& woken) -> Task<void> {
        woken = co_await queue.wait_for_work(name, until);
    };
    std::optional<Woken> woken;
    this->start(wait(*queue, *destination, sim.now() + 1h, woken));
    sim.run_for(10s);
    EXPECT_FALSE(woken);
    accept("ann@a.example", {"carl@b.example"});
    sim.run_for(1ms);
    EXPECT_EQ(woken, Woken::BySet);
    EXPECT_TRUE(take(*destination));
}

TEST_F(QueueTest, wall_clock_jumps_lose_nothing_and_do_not_spin) {
    accept("ann@a.example", {"bob@b.example"});
    settle(*next_work(), SettledDeferred{"mx", busy_reply});
    sim.jump_wall(-24h);
    accept("ann@a.example", {"carl@c.example"});
    auto fresh = next_work();
    ASSERT_TRUE(fresh);
    settle(*fresh, SettledDelivered{});
    const auto steps = sim.steps();
    EXPECT_FALSE(next(1h));
    EXPECT_LT(sim.steps() - steps, 1'000u);
    sim.jump_wall(24h + 10min);
    auto work = next_work(2min);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->recipients[0].address, mailbox("bob@b.example"));
}

TEST_F(QueueTest, a_site_s_trouble_outlives_a_restart) {
    const SiteState down{.failures = 3, .next_try = sim.wall_now() + 1h, .why = "connection refused"};
    sim.run(queue->set_site_state("mx.b.example", down));
    reopen();
    auto state = queue->site_state("mx.b.example");
    ASSERT_TRUE(state && *state);
    EXPECT_EQ((*state)->failures, 3u);
    EXPECT_EQ((*state)->next_try, down.next_try);
    EXPECT_EQ((*state)->why, "connection refused");
    start(queue->set_site_state("mx.b.example", down));
    start(queue->set_site_state("mx.b.example", std::nullopt));
    sim.run_for(1s);
    state = queue->site_state("mx.b.example");
    ASSERT_TRUE(state);
    EXPECT_FALSE(*state);
    EXPECT_EQ(keys("s"), 0u);
}

TEST(QueueOnSeveralReactors, every_reactor_may_accept_and_settle) {
    QueueWorld world(3, {.reactors = 3});
    world.open();
    const auto accept_and_settle = [](QueueWorld& w, int i) -> Task<void> {
        const auto id = co_await QueueWorld::accept_one(
            *w.queue, envelope_from("ann@a.example"),
            recipients_of({"bob@b" + std::to_string(i) + ".example"}), "x\r\n");
        EXPECT_TRUE(id);
    };
    for (int i = 0; i < 30; ++i) {
        world.start(run_on(world.sim.reactor(static_cast<std::size_t>(i) % 3).executor(),
                           accept_and_settle(world, i)));
    }
    int delivered = 0;
    while (auto work = world.next_work(1s)) {
        std::vector<Settlement> settlements{{work->recipients[0].key, SettledDelivered{}}};
        world.sim.run(run_on(world.sim.reactor(1).executor(), world.queue->settle(std::move(settlements))));
        ++delivered;
    }
    EXPECT_EQ(delivered, 30);
    world.expect_empty_store();
}

}  // namespace
}  // namespace cursus
