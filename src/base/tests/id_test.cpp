#include "base/id.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cursus {
namespace {

TEST(IdText, comes_back_as_the_number_it_was) {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{31}, std::uint64_t{32},
          std::uint64_t{0x0123456789abcdef}, ~std::uint64_t{0}}) {
        EXPECT_EQ(id_text(value).size(), 13U);
        EXPECT_EQ(parse_id_text(id_text(value)), value);
    }
}

TEST(IdText, sorts_as_the_numbers_do) {
    std::string previous = id_text(0);
    for (std::uint64_t value = 1; value != 0; value <<= 1) {
        EXPECT_LT(previous, id_text(value));
        previous = id_text(value);
    }
}

TEST(IdText, refuses_anything_else) {
    EXPECT_FALSE(parse_id_text(""));
    EXPECT_FALSE(parse_id_text("000000000000"));
    EXPECT_FALSE(parse_id_text("00000000000000"));
    EXPECT_FALSE(parse_id_text("000000000000l"));
    EXPECT_FALSE(parse_id_text("000000000000A"));
    EXPECT_FALSE(parse_id_text("g000000000000"));  // 65 bits
    EXPECT_TRUE(parse_id_text("fzzzzzzzzzzzz"));
}

TEST(IdMaker, never_repeats_and_never_goes_back) {
    IdMaker maker(IdKind::Message, 1000);
    const WallTime late{std::chrono::seconds{1'000'000}}, early{std::chrono::seconds{10}};
    const auto first = maker.next(late);
    EXPECT_GT(first, 1000U);
    EXPECT_GT(maker.next(late), first);
    EXPECT_GT(maker.next(early), first);
    EXPECT_GT(maker.next(WallTime{std::chrono::seconds{-5}}), first);
}

TEST(IdMaker, goes_on_after_the_last_id_of_a_previous_run) {
    const auto last = std::uint64_t{1} << 62;
    EXPECT_EQ(IdMaker(IdKind::Message, last).next(WallTime{}), (last | 1) + 1);
}

TEST(IdMaker, gives_messages_and_sessions_of_one_microsecond_different_ids) {
    for (const std::uint64_t last : {std::uint64_t{0}, std::uint64_t{999}, std::uint64_t{1000}}) {
        IdMaker messages(IdKind::Message, last), sessions(IdKind::Session, last);
        const WallTime now{std::chrono::microseconds{5}};
        for (int i = 0; i < 300; ++i) {
            EXPECT_EQ(messages.next(now) % 2, 0U);
            EXPECT_EQ(sessions.next(now) % 2, 1U);
        }
        EXPECT_GT(messages.next(now), last);
        EXPECT_GT(sessions.next(now), last);
    }
}

TEST(IdMaker, gives_each_thread_ids_of_its_own) {
    IdMaker maker(IdKind::Message);
    std::vector<std::vector<std::uint64_t>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& ids : made) {
            threads.emplace_back([&maker, &ids] {
                for (int i = 0; i < 1000; ++i) ids.push_back(maker.next(WallTime{std::chrono::seconds{5}}));
            });
        }
    }
    std::vector<std::uint64_t> all;
    for (const auto& ids : made) all.insert(all.end(), ids.begin(), ids.end());
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

}  // namespace
}  // namespace cursus
