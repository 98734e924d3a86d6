// Group commit over a store whose writes end when the test says so.
#include "queue/committer.h"

#include <gtest/gtest.h>

#include <deque>

#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class HeldStore : public Store {
public:
    void write(Batch batch, Done done) override {
        written.push_back(std::move(batch));
        done_ = std::move(done);
    }
    void answer(Result<void, StoreError> result) {
        ASSERT_TRUE(done_);
        auto done = std::exchange(done_, nullptr);
        done(std::move(result));
    }
    bool is_busy() const { return static_cast<bool>(done_); }
    Result<std::optional<std::string>, StoreError> get(std::string_view) const override {
        return std::nullopt;
    }
    Result<std::vector<Entry>, StoreError> scan(std::string_view, std::string_view,
                                                std::size_t) const override {
        return std::vector<Entry>{};
    }
    Result<std::optional<std::string>, StoreError> read_blob(std::string_view, std::uint64_t,
                                                             std::size_t) const override {
        return std::nullopt;
    }
    StoreSpace space() const override { return {.free_bytes = 1ULL << 40, .used_bytes = 0, .live_bytes = 0}; }

    std::vector<std::string> keys_of(std::size_t i) const {
        std::vector<std::string> keys;
        for (const auto& put : written.at(i).puts()) keys.push_back(put.key);
        return keys;
    }
    std::vector<Batch> written;

private:
    Done done_;
};

using Keys = std::vector<std::string>;

class CommitterTest : public testing::Test {
protected:
    void add(Precedence precedence, const std::string& key, std::size_t value_bytes = 1) {
        Batch batch;
        batch.put(key, std::string(value_bytes, 'v'));
        committer->add(
            precedence, std::move(batch), sim.executor(),
            [this, key](const Result<void, StoreError>& result) { (result ? kept : lost).push_back(key); });
    }
    void answer(std::optional<StoreErrorKind> error = std::nullopt) {
        if (error) {
            store.answer(failure(StoreError{*error, "trouble"}));
        } else {
            store.answer({});
        }
        sim.run_for(1ms);
    }

    SimWorld sim;
    HeldStore store;
    CollectedEvents events;
    Health health{store, sim.clock(), events, 0};
    std::shared_ptr<Committer> committer =
        std::make_shared<Committer>(store, health, sim.executor(), sim.clock());
    Keys kept, lost;
};

TEST_F(CommitterTest, what_comes_while_a_write_is_in_flight_goes_out_as_the_next_one) {
    add(Precedence::Acceptance, "a");
    for (const char* key : {"b", "c", "d"}) add(Precedence::Acceptance, key);
    ASSERT_EQ(store.written.size(), 1u);
    EXPECT_EQ(store.keys_of(0), Keys{"a"});
    answer();
    EXPECT_EQ(kept, Keys{"a"});
    ASSERT_EQ(store.written.size(), 2u);
    EXPECT_EQ(store.keys_of(1), (Keys{"b", "c", "d"}));
    answer();
    EXPECT_EQ(kept, (Keys{"a", "b", "c", "d"}));
    EXPECT_FALSE(store.is_busy());
}

TEST_F(CommitterTest, settlements_go_ahead_of_acceptances) {
    add(Precedence::Acceptance, "a");
    add(Precedence::Acceptance, "b");
    add(Precedence::Settlement, "s");
    add(Precedence::Settlement, "t");
    answer();
    EXPECT_EQ(store.keys_of(1), (Keys{"s", "t", "b"}));
}

TEST_F(CommitterTest, a_batch_has_a_bound_and_the_rest_waits_for_the_next) {
    add(Precedence::Acceptance, "a");
    for (const char* key : {"b", "c", "d"}) add(Precedence::Acceptance, key, 3 * 1024 * 1024);
    add(Precedence::Acceptance, "e", 20 * 1024 * 1024);
    answer();
    EXPECT_EQ(store.keys_of(1), (Keys{"b", "c"}));
    answer();
    EXPECT_EQ(store.keys_of(2), Keys{"d"});
    answer();
    EXPECT_EQ(store.keys_of(3), Keys{"e"});
    answer();
    EXPECT_EQ(kept.size(), 5u);
}

TEST_F(CommitterTest, without_room_acceptances_fail_and_settlements_are_tried_alone) {
    add(Precedence::Acceptance, "a");
    add(Precedence::Settlement, "s");
    add(Precedence::Acceptance, "b");
    answer();
    EXPECT_EQ(store.keys_of(1), (Keys{"s", "b"}));
    add(Precedence::Acceptance, "c");
    answer(StoreErrorKind::Full);
    EXPECT_EQ(lost, Keys{"b"});
    ASSERT_EQ(store.written.size(), 3u);
    EXPECT_EQ(store.keys_of(2), Keys{"s"});
    answer();
    EXPECT_EQ(kept, (Keys{"a", "s"}));
    EXPECT_EQ(store.keys_of(3), Keys{"c"});
    answer();
    EXPECT_EQ(kept, (Keys{"a", "s", "c"}));
}

TEST_F(CommitterTest, a_failing_store_is_tried_again_and_no_settlement_is_lost_or_overtaken) {
    add(Precedence::Settlement, "s1");
    add(Precedence::Settlement, "s2");
    answer(StoreErrorKind::Failed);
    EXPECT_TRUE(lost.empty());
    EXPECT_FALSE(store.is_busy()) << "it rests before it tries again";
    add(Precedence::Settlement, "s3");
    add(Precedence::Acceptance, "a");
    EXPECT_FALSE(store.is_busy());
    for (int round = 0; round < 3; ++round) {
        sim.run_for(1100ms);
        ASSERT_TRUE(store.is_busy());
        answer(StoreErrorKind::Failed);
    }
    EXPECT_EQ(lost, Keys{"a"});
    sim.run_for(1100ms);
    EXPECT_EQ(store.keys_of(store.written.size() - 1), (Keys{"s1", "s2", "s3"}));
    answer();
    EXPECT_EQ(kept, (Keys{"s1", "s2", "s3"}));
}

TEST_F(CommitterTest, the_state_of_the_store_is_told_once_each_time_it_changes) {
    for (int i = 0; i < 3; ++i) {
        add(Precedence::Acceptance, "a");
        answer(StoreErrorKind::Full);
    }
    add(Precedence::Acceptance, "a");
    answer();
    const auto changes = events.all<QueueStateChanged>();
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0].state, "full");
    EXPECT_EQ(changes[1].state, "accepting");
}

TEST_F(CommitterTest, stopping_waits_for_what_is_in_flight_and_gives_up_what_is_refused) {
    bool has_stopped = false;
    TaskGroup tasks(sim.executor());
    const auto stop = [](Committer& c, bool& stopped) -> Task<void> {
        co_await c.stop();
        stopped = true;
    };
    add(Precedence::Settlement, "s");
    tasks.spawn(stop(*committer, has_stopped));
    sim.run_for(1s);
    EXPECT_FALSE(has_stopped);
    answer(StoreErrorKind::Failed);
    sim.run_for(1s);
    EXPECT_TRUE(has_stopped);
    EXPECT_EQ(lost, Keys{"s"});
    sim.run(tasks.join());
}

}  // namespace
}  // namespace cursus
