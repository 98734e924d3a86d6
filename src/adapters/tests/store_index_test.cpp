#include "adapters/store_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "adapters/tests/lossy_index_files.h"

namespace cursus {
namespace {

class StoreIndexTest : public testing::Test {
protected:
    static Result<void, StoreError> nothing(const StoreIndex::Apply&) { return {}; }
    static RecordHeader record(std::uint64_t sequence) {
        RecordHeader header;
        header.sequence = sequence;
        return header;
    }

    LossyDisk disk_{1};
    StoreIndex index_{{"/index", make_lossy_index_files(disk_), std::size_t{64} << 10, std::size_t{1} << 20},
                      [](const std::string&) {}};
};

TEST_F(StoreIndexTest, what_was_not_flushed_is_forgotten_and_caught_up_with) {
    ASSERT_TRUE(index_.open(StoreIndex::Opening::Create, nothing));
    ASSERT_TRUE(index_.apply({1, 4096}, record(1), {}));
    ASSERT_TRUE(index_.flush());
    ASSERT_TRUE(index_.apply({1, 8192}, record(2), {}));
    IndexState fallen_back;
    ASSERT_TRUE(index_.open(StoreIndex::Opening::Existing, [&](const StoreIndex::Apply& apply) {
        fallen_back = index_.state();
        return apply({1, 8192}, record(2), {});
    }));
    EXPECT_EQ(fallen_back.sequence, 1U);
    EXPECT_EQ(index_.state().sequence, 2U);
}

// A compactor that saw the state fall back took a segment it had emptied for one that cannot be read.
TEST_F(StoreIndexTest, the_settled_state_is_not_seen_to_fall_back) {
    ASSERT_TRUE(index_.open(StoreIndex::Opening::Create, nothing));
    ASSERT_TRUE(index_.apply({1, 4096}, record(1), {}));
    std::atomic<bool> is_asking = false;
    std::future<std::uint64_t> seen;
    ASSERT_TRUE(index_.open(StoreIndex::Opening::Existing, [&](const StoreIndex::Apply& apply) {
        seen = std::async(std::launch::async, [&] {
            is_asking = true;
            const auto state = index_.settled_state();
            return state ? state->sequence : 0;
        });
        while (!is_asking) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds{20});  // time to be wrong in, if it can be
        return apply({1, 4096}, record(1), {});
    }));
    EXPECT_EQ(seen.get(), 1U);
}

// What can be read must have been counted: a compactor that saw a blob gone from its segment, and the segment
// still counted as alive, took it for one that cannot be read.
TEST_F(StoreIndexTest, the_settled_state_counts_what_can_be_read) {
    constexpr std::uint64_t moves = 3'000;
    ASSERT_TRUE(index_.open(StoreIndex::Opening::Create, nothing));
    const auto put_into = [this](std::uint64_t segment) {
        Batch batch;
        batch.put_blob("blob", {std::make_shared<const std::string>("x")});
        RecordBuilder built;
        built.add(batch);
        auto header = record(segment);
        header.operations_bytes = static_cast<std::uint32_t>(built.operations().size());
        header.bodies_bytes = built.bodies_bytes();
        return index_.apply({segment, 4096}, header, built.operations());
    };
    ASSERT_TRUE(put_into(1));
    auto writing = std::async(std::launch::async, [&] {
        for (std::uint64_t segment = 2; segment <= moves; ++segment)
            if (!put_into(segment)) return false;
        return true;
    });
    std::uint64_t seen = 0;
    while (seen < moves) {
        const auto place = index_.blob("blob");
        ASSERT_TRUE(place && *place);
        seen = (*place)->position.segment;
        const auto state = index_.settled_state();
        ASSERT_TRUE(state);
        ASSERT_EQ(state->live.size(), 1U);
        ASSERT_GE(state->live.begin()->first, seen);
    }
    EXPECT_TRUE(writing.get());
}

}  // namespace
}  // namespace cursus
