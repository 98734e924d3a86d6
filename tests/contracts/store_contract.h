// What every Store must do, as one suite. A program that has a Store includes this header in one file and
// writes
//     INSTANTIATE_TEST_SUITE_P(Embedded, StoreContract, testing::Values(MakeStoreWorld{make}));
// where `make` is a function that makes a StoreWorld: a place that outlives the Store and in which it can be
// opened again.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/store.h"
#include "tests/contracts/factory.h"

namespace cursus {

class StoreWorld {
public:
    virtual ~StoreWorld() = default;
    // Opens what this place holds. At most one Store at a time; the previous one has been destroyed.
    virtual std::unique_ptr<Store> open() = 0;
    // Lets time pass while a write is under way: a simulated world runs its loop here.
    virtual void drive() { std::this_thread::sleep_for(std::chrono::microseconds{50}); }
    // Whether write() may be called from several threads at once.
    virtual bool has_threads() const { return true; }
    // From now on there is no room (or room again). False: this place cannot do that.
    virtual bool set_full(bool) { return false; }
};
using MakeStoreWorld = Factory<StoreWorld>;

class StoreContract : public testing::TestWithParam<MakeStoreWorld> {
protected:
    using Written = Result<void, StoreError>;
    // The answer to one write, which may come from another thread, and later than the test.
    struct Answer {
        std::mutex mutex;
        std::vector<Written> given;
        bool is_there() {
            const std::lock_guard lock(mutex);
            return !given.empty();
        }
    };

    void SetUp() override {
        world_ = GetParam().make();
        store_ = world_->open();
        ASSERT_NE(store_, nullptr);
    }

    std::shared_ptr<Answer> start(Batch batch) {
        auto answer = std::make_shared<Answer>();
        store_->write(std::move(batch), [answer](Written result) {
            const std::lock_guard lock(answer->mutex);
            answer->given.push_back(std::move(result));
        });
        return answer;
    }
    Written finish(const std::shared_ptr<Answer>& answer) {
        while (!answer->is_there()) world_->drive();
        const std::lock_guard lock(answer->mutex);
        EXPECT_EQ(answer->given.size(), 1u) << "done is called once";
        return answer->given.front();
    }
    Written write(Batch batch) { return finish(start(std::move(batch))); }
    void keep(Batch batch) {
        const auto result = write(std::move(batch));
        ASSERT_TRUE(result) << result.error().what;
    }
    void reopen() {
        store_.reset();
        store_ = world_->open();
        ASSERT_NE(store_, nullptr);
    }

    std::optional<std::string> get(std::string_view key) {
        auto result = store_->get(key);
        EXPECT_TRUE(result) << result.error().what;
        return result ? *result : std::nullopt;
    }
    std::vector<std::string> keys(std::string_view from, std::string_view to, std::size_t limit = 1000) {
        std::vector<std::string> found;
        const auto result = store_->scan(from, to, limit);
        EXPECT_TRUE(result) << result.error().what;
        if (!result) return found;
        for (const auto& entry : *result) found.push_back(entry.key);
        return found;
    }
    std::optional<std::string> blob(std::string_view key, std::uint64_t offset = 0,
                                    std::size_t length = std::size_t{1} << 30) {
        auto result = store_->read_blob(key, offset, length);
        EXPECT_TRUE(result) << result.error().what;
        return result ? *result : std::nullopt;
    }

    static std::shared_ptr<const std::string> piece(std::string text) {
        return std::make_shared<const std::string>(std::move(text));
    }
    // Bytes that differ at every place and from seed to seed.
    static std::string noise(std::size_t size, std::uint32_t seed) {
        std::string text(size, '\0');
        std::uint32_t state = seed * 2654435761u + 1;
        for (auto& c : text) {
            state = state * 1664525u + 1013904223u;
            c = static_cast<char>(state >> 24);
        }
        return text;
    }

    std::unique_ptr<StoreWorld> world_;
    std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, an_empty_store_holds_nothing) {
    EXPECT_EQ(get("a"), std::nullopt);
    EXPECT_TRUE(keys("", "\xff").empty());
    EXPECT_EQ(blob("a"), std::nullopt);
}

TEST_P(StoreContract, a_batch_is_there_once_done_was_called) {
    Batch batch;
    batch.put("a", "1");
    batch.put("b", "");
    batch.put_blob("body", {piece("hello "), piece("world")});
    keep(std::move(batch));
    EXPECT_EQ(get("a"), "1");
    EXPECT_EQ(get("b"), "");
    EXPECT_EQ(blob("body"), "hello world");
    EXPECT_EQ(get("body"), std::nullopt) << "keys and blobs do not share names";
    EXPECT_EQ(blob("a"), std::nullopt);
}

TEST_P(StoreContract, an_empty_batch_is_kept_at_once) {
    keep(Batch{});
}

TEST_P(StoreContract, keys_and_values_are_octets) {
    const std::string key("\0\xff\n k", 5), value("\0\0\xfe", 3);
    Batch batch;
    batch.put(key, value);
    batch.put("", "the empty key");
    batch.put_blob(key, {piece(value)});
    keep(std::move(batch));
    reopen();
    EXPECT_EQ(get(key), value);
    EXPECT_EQ(get(""), "the empty key");
    EXPECT_EQ(blob(key), value);
}

TEST_P(StoreContract, the_last_put_of_a_key_counts) {
    for (int i = 0; i < 5; ++i) {
        Batch batch;
        batch.put("a", std::to_string(i));
        batch.put_blob("a", {piece("blob " + std::to_string(i))});
        keep(std::move(batch));
    }
    EXPECT_EQ(get("a"), "4");
    EXPECT_EQ(blob("a"), "blob 4");
    reopen();
    EXPECT_EQ(get("a"), "4");
    EXPECT_EQ(blob("a"), "blob 4");
}

TEST_P(StoreContract, writes_are_kept_in_the_order_of_the_calls) {
    std::vector<std::shared_ptr<Answer>> answers;
    for (int i = 0; i < 200; ++i) {
        Batch batch;
        if (i % 3 == 2) {
            batch.erase("a");
            batch.erase_blob("a");
        } else {
            batch.put("a", std::to_string(i));
            batch.put_blob("a", {piece(std::to_string(i))});
        }
        answers.push_back(start(std::move(batch)));
    }
    for (const auto& answer : answers) ASSERT_TRUE(finish(answer));
    EXPECT_EQ(get("a"), "199");
    EXPECT_EQ(blob("a"), "199");
    reopen();
    EXPECT_EQ(get("a"), "199");
    EXPECT_EQ(blob("a"), "199");
}

TEST_P(StoreContract, a_scan_is_ordered_and_half_open) {
    Batch batch;
    for (const char* key : {"b", "a", "ab", "c", "a\xff", "d"}) batch.put(key, "v");
    keep(std::move(batch));
    EXPECT_EQ(keys("a", "c"), (std::vector<std::string>{"a", "ab", "a\xff", "b"}));
    EXPECT_EQ(keys("a", end_of_prefix("a")), (std::vector<std::string>{"a", "ab", "a\xff"}));
    EXPECT_EQ(keys("aa", "b\x01"), (std::vector<std::string>{"ab", "a\xff", "b"}));
    EXPECT_EQ(keys("c", "c"), std::vector<std::string>{});
    EXPECT_EQ(keys("d", "a"), std::vector<std::string>{});
    EXPECT_EQ(keys("", "\xff").size(), 6u);
}

TEST_P(StoreContract, a_scan_stops_at_its_limit) {
    Batch batch;
    for (int i = 0; i < 100; ++i) batch.put("k" + std::to_string(1000 + i), std::to_string(i));
    keep(std::move(batch));
    const auto first = store_->scan("k", "l", 10);
    ASSERT_TRUE(first);
    ASSERT_EQ(first->size(), 10u);
    EXPECT_EQ(first->front().key, "k1000");
    EXPECT_EQ(first->back().key, "k1009");
    EXPECT_EQ(first->back().value, "9");
    EXPECT_TRUE(keys("k", "l", 0).empty());
}

TEST_P(StoreContract, what_was_erased_is_gone_and_stays_gone) {
    Batch batch;
    batch.put("a", "1");
    batch.put("b", "2");
    batch.put_blob("x", {piece("x")});
    batch.put_blob("y", {piece("y")});
    keep(std::move(batch));
    Batch second;
    second.erase("a");
    second.erase_blob("x");
    second.erase("never was");
    second.erase_blob("never was");
    keep(std::move(second));
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(get("a"), std::nullopt);
        EXPECT_EQ(get("b"), "2");
        EXPECT_EQ(blob("x"), std::nullopt);
        EXPECT_EQ(blob("y"), "y");
        EXPECT_EQ(keys("", "\xff"), std::vector<std::string>{"b"});
        reopen();
    }
}

TEST_P(StoreContract, blobs_of_every_size_in_any_number_of_pieces) {
    std::map<std::string, std::string> expected;
    Batch batch;
    std::uint32_t seed = 1;
    for (const std::size_t size : {0u, 1u, 511u, 4096u, 10'240u, 262'143u, 262'144u, 262'145u, 5'000'000u}) {
        const auto text = noise(size, ++seed);
        const auto key = "blob" + std::to_string(size);
        std::vector<std::shared_ptr<const std::string>> pieces{piece("")};
        const std::size_t step = size / 700 + 1;
        for (std::size_t at = 0; at < size; at += step) pieces.push_back(piece(text.substr(at, step)));
        batch.put_blob(key, std::move(pieces));
        expected[key] = text;
    }
    batch.put_blob("no pieces", {});
    expected["no pieces"] = "";
    keep(std::move(batch));
    for (int round = 0; round < 2; ++round) {
        for (const auto& [key, text] : expected) EXPECT_TRUE(blob(key) == text) << key;
        reopen();
    }
}

TEST_P(StoreContract, a_blob_can_be_read_in_parts) {
    const auto text = noise(1'000'000, 7);
    Batch batch;
    batch.put_blob("b", {piece(text.substr(0, 300'000)), piece(text.substr(300'000))});
    batch.put_blob("empty", {piece("")});
    keep(std::move(batch));
    for (const std::uint64_t offset : {0u, 1u, 4095u, 262'100u, 299'990u, 524'287u, 999'999u}) {
        for (const std::size_t length : {0u, 1u, 100u, 300'000u}) {
            EXPECT_TRUE(blob("b", offset, length) == text.substr(offset, length)) << offset << '+' << length;
        }
    }
    EXPECT_EQ(blob("b", 1'000'000, 10), "");
    EXPECT_EQ(blob("b", 2'000'000, 10), "");
    EXPECT_EQ(blob("b", ~std::uint64_t{0}, 10), "");
    EXPECT_EQ(blob("b", 999'998, ~std::size_t{0}), text.substr(999'998));
    EXPECT_EQ(blob("empty", 0, 10), "");
}

TEST_P(StoreContract, a_shared_piece_may_stand_in_several_blobs) {
    const auto shared = piece(noise(20'000, 3));
    Batch batch;
    batch.put_blob("a", {shared, shared});
    batch.put_blob("b", {shared});
    keep(std::move(batch));
    EXPECT_TRUE(blob("a") == *shared + *shared);
    EXPECT_TRUE(blob("b") == *shared);
}

TEST_P(StoreContract, reopening_finds_everything) {
    std::map<std::string, std::string> bodies;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 50; ++i) {
            const auto key = "m" + std::to_string(round * 50 + i);
            Batch batch;
            batch.put(key, "envelope of " + key);
            bodies[key] =
                noise(2'000 + static_cast<std::size_t>(i) * 37, static_cast<std::uint32_t>(round * 50 + i));
            batch.put_blob(key, {piece(bodies[key])});
            keep(std::move(batch));
        }
        for (int i = 0; i < 50; i += 3) {
            const auto key = "m" + std::to_string(round * 50 + i);
            Batch batch;
            batch.erase(key);
            batch.erase_blob(key);
            keep(std::move(batch));
            bodies.erase(key);
        }
        reopen();
        EXPECT_EQ(keys("", "\xff").size(), bodies.size());
        for (const auto& [key, body] : bodies) {
            EXPECT_EQ(get(key), "envelope of " + key);
            EXPECT_TRUE(blob(key) == body) << key;
        }
    }
}

TEST_P(StoreContract, a_big_batch_is_kept_whole) {
    Batch batch;
    for (int i = 0; i < 20'000; ++i) batch.put("k" + std::to_string(100'000 + i), noise(60, 5));
    for (int i = 0; i < 300; ++i) batch.put_blob("b" + std::to_string(i), {piece(noise(50'000, 1))});
    keep(std::move(batch));
    reopen();
    EXPECT_EQ(keys("k", "l", 100'000).size(), 20'000u);
    const auto body = noise(50'000, 1);
    for (int i = 0; i < 300; ++i) EXPECT_TRUE(blob("b" + std::to_string(i)) == body) << i;
    Batch erase;
    for (int i = 0; i < 20'000; ++i) erase.erase("k" + std::to_string(100'000 + i));
    keep(std::move(erase));
    EXPECT_TRUE(keys("k", "l").empty());
}

TEST_P(StoreContract, closing_waits_for_the_writes_in_flight) {
    std::vector<std::shared_ptr<Answer>> answers;
    for (int i = 0; i < 50; ++i) {
        Batch batch;
        batch.put("k" + std::to_string(i), "v");
        answers.push_back(start(std::move(batch)));
    }
    reopen();
    std::size_t kept = 0;
    for (const auto& answer : answers) {
        const auto result = finish(answer);
        if (result) ++kept;
    }
    EXPECT_EQ(kept, 50u);
    EXPECT_EQ(keys("k", "l").size(), kept);
}

TEST_P(StoreContract, a_write_that_finds_no_room_leaves_nothing_and_can_be_tried_again) {
    Batch before;
    before.put("kept", "1");
    before.put_blob("kept", {piece(noise(100'000, 1))});
    keep(std::move(before));
    if (!world_->set_full(true)) GTEST_SKIP() << "this world has room for everything";

    std::optional<StoreError> error;
    std::vector<int> kept;
    int tried = 0;
    for (; tried < 4'000 && !error; ++tried) {
        Batch batch;
        batch.put("try" + std::to_string(tried), "x");
        batch.put_blob("try" + std::to_string(tried), {piece(noise(100'000, 2))});
        const auto result = write(std::move(batch));
        if (result) {
            kept.push_back(tried);
        } else {
            error = result.error();
        }
    }
    ASSERT_TRUE(error) << "a full world refuses in the end";
    EXPECT_EQ(error->kind, StoreErrorKind::Full) << error->what;
    const auto refused = "try" + std::to_string(tried - 1);
    EXPECT_EQ(get(refused), std::nullopt);
    EXPECT_EQ(blob(refused), std::nullopt);
    EXPECT_EQ(get("kept"), "1");

    world_->set_full(false);
    Written again;
    for (int i = 0; i < 4'000; ++i) {  // recovery may take a moment
        Batch batch;
        batch.put("again", "2");
        batch.put_blob("again", {piece(noise(100'000, 3))});
        again = write(std::move(batch));
        if (again) break;
        world_->drive();
    }
    ASSERT_TRUE(again) << again.error().what;
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(get("again"), "2");
        EXPECT_EQ(get(refused), std::nullopt);
        EXPECT_TRUE(blob("kept") == noise(100'000, 1));
        for (const int i : kept) EXPECT_TRUE(blob("try" + std::to_string(i)) == noise(100'000, 2)) << i;
        reopen();
    }
}

TEST_P(StoreContract, many_threads_may_write_and_read) {
    if (!world_->has_threads()) GTEST_SKIP() << "this world has one thread";
    constexpr int writers = 4, rounds = 60;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < writers; ++t) {
            threads.emplace_back([this, t] {
                for (int i = 0; i < rounds; ++i) {
                    const auto key = std::to_string(t) + "/" + std::to_string(1000 + i);
                    Batch batch;
                    batch.put(key, "v");
                    batch.put_blob(key, {piece(noise(3'000, static_cast<std::uint32_t>(i)))});
                    if (i >= 10) batch.erase_blob(std::to_string(t) + "/" + std::to_string(1000 + i - 10));
                    keep(std::move(batch));
                    EXPECT_EQ(get(key), "v");
                    EXPECT_TRUE(blob(key) == noise(3'000, static_cast<std::uint32_t>(i)));
                    EXPECT_FALSE(keys(std::to_string(t) + "/", std::to_string(t) + "0", 5).empty());
                }
            });
        }
    }
    reopen();
    for (int t = 0; t < writers; ++t) {
        EXPECT_EQ(keys(std::to_string(t) + "/", std::to_string(t) + "0").size(),
                  static_cast<std::size_t>(rounds));
        for (int i = 0; i < rounds; ++i) {
            const auto body = blob(std::to_string(t) + "/" + std::to_string(1000 + i));
            EXPECT_EQ(body.has_value(), i >= rounds - 10);
        }
    }
}

TEST_P(StoreContract, space_counts_what_is_held) {
    const auto before = store_->space();
    Batch batch;
    batch.put_blob("b", {piece(noise(1'000'000, 1))});
    keep(std::move(batch));
    const auto with = store_->space();
    EXPECT_GE(with.live_bytes, before.live_bytes + 1'000'000);
    EXPECT_GE(with.used_bytes, with.live_bytes);
    Batch erase;
    erase.erase_blob("b");
    keep(std::move(erase));
    EXPECT_LT(store_->space().live_bytes, with.live_bytes);
}

}  // namespace cursus
