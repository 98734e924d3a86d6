// The store full or failing, memory short: nothing is lost, and it goes on when it can.
#include <gtest/gtest.h>

#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class TroubleTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }
    QueueErrorKind refusal() {
        const auto refused =
            try_accept(envelope_from("ann@a.example"), recipients_of({"b@b.example"}), "x\r\n");
        EXPECT_FALSE(refused);
        return refused ? QueueErrorKind{} : refused.error().kind;
    }
};

Task<void> settle_it(Queue& queue, RecipientKey key, bool& done) {
    std::vector<Settlement> settlements{{key, SettledDelivered{}}};
    co_await queue.settle(std::move(settlements));
    done = true;
}

TEST_F(TroubleTest, a_full_store_refuses_new_mail_and_takes_it_again_when_there_is_room) {
    sim.disk().trouble = StoreErrorKind::Full;
    EXPECT_EQ(refusal(), QueueErrorKind::Full);
    EXPECT_EQ(refusal(), QueueErrorKind::Full);
    sim.disk().trouble.reset();
    sim.run_for(2s);
    accept("ann@a.example", {"b@b.example"});
    expect_whole(sim.disk());
    const auto states = events.all<QueueStateChanged>();
    ASSERT_EQ(states.size(), 2u);
    EXPECT_EQ(states[0].state, "full");
    EXPECT_EQ(states[1].state, "accepting");
}

TEST_F(TroubleTest, below_min_free_new_mail_is_refused_before_the_store_fails) {
    sim.disk().free_bytes = settings.queue.min_free - 1;
    sim.run_for(2s);
    const auto writes = sim.disk().counts.writes;
    EXPECT_EQ(refusal(), QueueErrorKind::Full);
    EXPECT_EQ(sim.disk().counts.writes, writes);
    sim.disk().free_bytes = settings.queue.min_free;
    sim.run_for(2s);
    accept("ann@a.example", {"b@b.example"});
}

TEST_F(TroubleTest, a_failing_store_is_probed_once_a_second_and_no_settlement_is_lost) {
    accept("ann@a.example", {"b@b.example"});
    auto work = next_work();
    sim.disk().trouble = StoreErrorKind::Failed;
    bool has_settled = false;
    start(settle_it(*queue, work->recipients[0].key, has_settled));
    sim.run_for(10s);
    EXPECT_FALSE(has_settled);
    EXPECT_EQ(refusal(), QueueErrorKind::Broken);
    sim.disk().trouble.reset();
    sim.run_for(3s);
    EXPECT_TRUE(has_settled);
    EXPECT_EQ(events.count<Completed>(), 1u);
    expect_empty_store();
    accept("ann@a.example", {"b@b.example"});
}

TEST_F(TroubleTest, a_message_of_which_the_store_does_not_know_whether_it_kept_it_is_taken_back) {
    sim.disk().trouble = StoreErrorKind::Failed;
    EXPECT_EQ(refusal(), QueueErrorKind::Broken);
    sim.disk().trouble.reset();
    sim.run_for(5s);
    expect_empty_store();
    EXPECT_FALSE(next(1h));
}

// Keeps the next write and says that it failed: what a crash between the two parts of a failing sync may
// leave.
class LyingStore : public Store {
public:
    explicit LyingStore(Store& under) : under_(under) {}
    void write(Batch batch, Done done) override {
        if (!std::exchange(lies_next, false)) return under_.write(std::move(batch), std::move(done));
        under_.write(std::move(batch), [done = std::move(done)](const auto&) mutable {
            done(failure(StoreError{StoreErrorKind::Failed, "a failure after the fact"}));
        });
    }
    Result<std::optional<std::string>, StoreError> get(std::string_view key) const override {
        return under_.get(key);
    }
    Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                std::size_t limit) const override {
        return under_.scan(from, to, limit);
    }
    Result<std::optional<std::string>, StoreError> read_blob(std::string_view key, std::uint64_t offset,
                                                             std::size_t length) const override {
        return under_.read_blob(key, offset, length);
    }
    StoreSpace space() const override { return under_.space(); }

    bool lies_next = false;

private:
    Store& under_;
};

class LyingStoreTest : public TroubleTest {
protected:
    void TearDown() override { close(); }  // while its store is there
    Store& store() override { return lying_; }
    LyingStore lying_{sim.store()};
};

TEST_F(LyingStoreTest, a_message_that_was_kept_though_its_sender_was_told_otherwise_is_taken_back) {
    lying_.lies_next = true;
    const auto refused =
        try_accept(envelope_from("ann@a.example"), recipients_of({"b@b.example"}), std::string(600'000, 'x'));
    EXPECT_FALSE(refused);
    sim.run_for(2s);
    EXPECT_FALSE(lying_.lies_next);
    lying_.lies_next = true;
    EXPECT_EQ(refusal(), QueueErrorKind::Broken);
    EXPECT_FALSE(lying_.lies_next);
    sim.run_for(5s);
    expect_empty_store();
    EXPECT_FALSE(next(1h));
}

TEST_F(LyingStoreTest, a_settlement_that_was_kept_unknown_to_us_is_only_written_again) {
    accept("ann@a.example", {"b@b.example", "c@c.example"});
    auto work = next_work();
    lying_.lies_next = true;
    settle(*work, SettledFailed{"mx", unknown_reply});
    work = next_work();
    lying_.lies_next = true;
    settle(*work, SettledDelivered{});
    expect_whole(sim.disk());
    EXPECT_EQ(keys("o"), 1u);
    EXPECT_EQ(events.count<Bounced>(), 1u);
}

TEST_F(TroubleTest, stopping_does_not_wait_for_a_store_that_never_recovers) {
    accept("ann@a.example", {"b@b.example"});
    auto work = next_work();
    sim.disk().trouble = StoreErrorKind::Failed;
    bool has_settled = false;
    start(settle_it(*queue, work->recipients[0].key, has_settled));
    sim.run_for(1s);
    work.reset();
    close();
    sim.disk().trouble.reset();
    open();
    EXPECT_TRUE(next_work()) << "what could not be recorded is still due";
}

// Delivery ends before the queue does, and waits for its settlements.
TEST_F(TroubleTest, once_the_end_is_near_a_settlement_is_not_tried_for_ever) {
    accept("ann@a.example", {"b@b.example"});
    auto work = next_work();
    sim.disk().trouble = StoreErrorKind::Failed;
    bool has_settled = false;
    start(settle_it(*queue, work->recipients[0].key, has_settled));
    sim.run_for(10s);
    ASSERT_FALSE(has_settled);
    queue->begin_stop();
    sim.run_for(3s);
    EXPECT_FALSE(has_settled) << "the disk may have room again in a moment";
    sim.run_for(5s);
    EXPECT_TRUE(has_settled);
    work.reset();
    close();
    sim.disk().trouble.reset();
    open();
    EXPECT_TRUE(next_work()) << "what could not be recorded is still due";
}

TEST_F(TroubleTest, without_memory_for_bodies_a_message_waits_and_is_then_refused) {
    close();
    settings.limits.memory = 1'000'000;
    open();
    const auto begin = [](Queue& q) -> Task<std::unique_ptr<Intake>> {
        auto intake = co_await q.begin();
        co_await (*intake)->append(std::string(250'000, 'x'));
        co_return *std::move(intake);
    };
    std::vector<std::unique_ptr<Intake>> held;
    for (int i = 0; i < 3; ++i) held.push_back(sim.run(begin(*queue)));
    const auto start_time = sim.now();
    EXPECT_EQ(refusal(), QueueErrorKind::OverBudget);
    EXPECT_GE(sim.now() - start_time, 10s);
    EXPECT_EQ(events.all<QueueStateChanged>().at(0).state, "over-budget");
    held.pop_back();
    accept("ann@a.example", {"b@b.example"});
    EXPECT_TRUE(next_work()) << "delivery goes on";
    sim.run_for(2s);
    accept("ann@a.example", {"b@b.example"});
    EXPECT_EQ(events.all<QueueStateChanged>().back().state, "accepting");
    held.clear();
}

TEST_F(TroubleTest, what_is_reserved_is_used_once_and_given_back) {
    close();
    settings.limits.memory = 1'000'000;
    open();
    auto intake = *sim.run(queue->begin());
    ASSERT_TRUE(sim.run(intake->reserve(700'000)));
    EXPECT_EQ(queue->gauges().body_bytes_held, 700'000u);
    ASSERT_TRUE(sim.run(intake->append(std::string(100'000, 'x'))));
    EXPECT_EQ(queue->gauges().body_bytes_held, 700'000u) << "of what was reserved";
    const auto reserved = sim.run(intake->reserve(500'000));
    ASSERT_FALSE(reserved);
    EXPECT_EQ(reserved.error().kind, QueueErrorKind::OverBudget);
    intake.reset();
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
}

TEST_F(TroubleTest, bodies_kept_for_speed_make_room_and_are_read_back) {
    close();
    settings.limits.memory = 1'000'000;
    open();
    const std::string body(100'000, 'x');
    for (int i = 0; i < 40; ++i) accept("ann@a.example", {"b@b.example"}, body);
    EXPECT_LE(queue->gauges().body_bytes_held, 750'000u);
    const auto destination = next();
    for (int i = 0; i < 40; ++i) {
        auto work = take(*destination);
        ASSERT_TRUE(work);
        EXPECT_EQ(body_of(*work->body), body);
        settle(*work, SettledDelivered{});
    }
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    expect_empty_store();
}

TEST_F(TroubleTest, a_damaged_body_is_an_error_for_its_reader) {
    accept("ann@a.example", {"b@b.example"});
    reopen();
    sim.disk().trouble = StoreErrorKind::Damaged;
    auto work = next_work();
    const auto piece = sim.run(work->body->piece(0));
    ASSERT_FALSE(piece);
    EXPECT_EQ(piece.error().kind, QueueErrorKind::Broken);
    sim.disk().trouble.reset();
    sim.disk().blobs.clear();
    EXPECT_FALSE(sim.run(work->body->piece(0)));
}

}  // namespace
}  // namespace cursus
