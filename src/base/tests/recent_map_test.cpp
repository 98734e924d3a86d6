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

}  // namespace
}  // namespace cursus
