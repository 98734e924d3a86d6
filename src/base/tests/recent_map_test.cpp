#include "base/recent_map.h"

#include <gtest/gtest.h>

#include <string>

namespace cursus {
namespace {

TEST(RecentMap, forgets_what_was_used_longest_ago) {
    RecentMap<std::string, int> map(2);
    map.at("a") = 1;
    map.at("b") = 2;
    EXPECT_EQ(*map.find("a"), 1);
    map.at("c") = 3;
    EXPECT_EQ(map.size(), 2U);
    EXPECT_EQ(map.find("b"), nullptr);
    EXPECT_EQ(*map.find("a"), 1);
    EXPECT_EQ(*map.find("c"), 3);
}

TEST(RecentMap, makes_an_entry_once) {
    RecentMap<std::string, int> map(2);
    ++map.at("a");
    ++map.at("a");
    EXPECT_EQ(*map.find("a"), 2);
    map.erase("a");
    map.erase("a");
    EXPECT_EQ(map.find("a"), nullptr);
    EXPECT_EQ(map.at("a"), 0);
}

TEST(RecentMap, a_peek_does_not_use_an_entry) {
    RecentMap<std::string, int> map(2);
    map.at("a") = 1;
    map.at("b") = 2;
    EXPECT_EQ(*map.peek("a"), 1);
    map.at("c") = 3;
    EXPECT_EQ(map.peek("a"), nullptr);
}

TEST(RecentMap, with_room_for_fewer_keeps_those_used_last) {
    RecentMap<std::string, int> map(3);
    for (const char* key : {"a", "b", "c"}) map.at(key) = 1;
    map.find("a");
    map.set_entries_max(2);
    std::string order;
    map.for_each([&](const auto& entry) { order += entry.first; });
    EXPECT_EQ(order, "ca");
    map.at("d") = 1;
    EXPECT_EQ(map.size(), 2U);
    EXPECT_EQ(map.peek("c"), nullptr);
}

}  // namespace
}  // namespace cursus
