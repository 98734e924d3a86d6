// The parts of a store that are the same for all: batches and prefixes.
#include "runtime/store.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::shared_ptr<const std::string> piece(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

TEST(Batch, appended_changes_come_after_its_own) {
    Batch first;
    first.put("a", "1");
    first.erase("b");
    Batch second;
    second.put("a", "2");
    second.put_blob("c", {piece("x"), piece("y")});
    second.erase_blob("d");
    first.append(std::move(second));
    ASSERT_EQ(first.puts().size(), 2U);
    EXPECT_EQ(first.puts()[0].value, "1");
    EXPECT_EQ(first.puts()[1].value, "2");
    EXPECT_EQ(first.erases().size(), 1U);
    ASSERT_EQ(first.blob_puts().size(), 1U);
    EXPECT_EQ(first.blob_puts()[0].pieces.size(), 2U);
    EXPECT_EQ(first.blob_erases().size(), 1U);
}

TEST(Batch, appending_to_an_empty_one_takes_everything) {
    Batch empty, full;
    full.put("k", "v");
    empty.append(std::move(full));
    EXPECT_FALSE(empty.empty());
    EXPECT_EQ(empty.puts().size(), 1U);
}

TEST(Batch, knows_about_what_it_weighs) {
    Batch batch;
    EXPECT_TRUE(batch.empty());
    EXPECT_EQ(batch.bytes(), 0U);
    batch.put("key", "value");
    batch.erase("gone");
    batch.put_blob("blob", {piece(std::string(1'000, 'x')), piece(std::string(24, 'y'))});
    batch.erase_blob("old");
    EXPECT_EQ(batch.bytes(), 8U + 4 + 4 + 1'024 + 3);
    EXPECT_FALSE(batch.empty());
}

TEST(EndOfPrefix, is_after_every_key_with_the_prefix_and_before_all_others) {
    EXPECT_EQ(end_of_prefix("a"), "b");
    EXPECT_EQ(end_of_prefix("msg/"), "msg0");
    EXPECT_EQ(end_of_prefix("a\xff"), "b");
    EXPECT_EQ(end_of_prefix("a\xff\xff"), "b");
    EXPECT_EQ(end_of_prefix("\x7f"), "\x80") << "octets are unsigned";
    EXPECT_EQ(end_of_prefix("\xfe\xff"), "\xff");
}

TEST(EndOfPrefix, of_nothing_but_highest_octets_there_is_none) {
    EXPECT_EQ(end_of_prefix(""), "");
    EXPECT_EQ(end_of_prefix("\xff\xff"), "");
}

}  // namespace
}  // namespace cursus
