#include "policy/list_score.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

ListScore score(double known, std::initializer_list<double> missing) {
    ListScore score;
    score.add(known);
    for (const double one : missing) score.miss(one);
    return score;
}

TEST(ListScore, is_certain_where_no_list_is_missing) {
    for (const bool is_negated : {false, true}) {
        EXPECT_EQ(score(5, {}).meets({Relation::GreaterOrEqual, 5}, is_negated), Truth::Yes);
        EXPECT_EQ(score(5, {}).meets({Relation::Less, 5}, is_negated), Truth::No);
    }
}

TEST(ListScore, is_open_where_it_is_met_and_a_missing_list_could_undo_that) {
    EXPECT_EQ(score(5, {-1}).meets({Relation::GreaterOrEqual, 5}, false), Truth::Unknown);
    EXPECT_EQ(score(5, {4}).meets({Relation::GreaterOrEqual, 5}, false), Truth::Yes);
    EXPECT_EQ(score(9, {-4}).meets({Relation::GreaterOrEqual, 5}, false), Truth::Yes);
    EXPECT_EQ(score(9, {-2, -3}).meets({Relation::GreaterOrEqual, 5}, false), Truth::Unknown);
    EXPECT_EQ(score(0, {1}).meets({Relation::LessOrEqual, 0}, false), Truth::Unknown);
    EXPECT_EQ(score(0, {-1}).meets({Relation::LessOrEqual, 0}, false), Truth::Yes);
    EXPECT_EQ(score(0, {1}).meets({Relation::Equal, 0}, false), Truth::Unknown);
}

TEST(ListScore, is_not_met_whatever_is_missing_where_that_lets_no_rule_act) {
    EXPECT_EQ(score(0, {9}).meets({Relation::GreaterOrEqual, 5}, false), Truth::No);
    EXPECT_EQ(score(9, {-9}).meets({Relation::Less, 5}, false), Truth::No);
}

TEST(ListScore, is_open_the_other_way_round_where_the_condition_is_negated) {
    EXPECT_EQ(score(0, {9}).meets({Relation::GreaterOrEqual, 5}, true), Truth::Unknown);
    EXPECT_EQ(score(0, {4}).meets({Relation::GreaterOrEqual, 5}, true), Truth::No);
    EXPECT_EQ(score(9, {-9}).meets({Relation::GreaterOrEqual, 5}, true), Truth::Yes);
    EXPECT_EQ(score(0, {9}).meets({Relation::Equal, 5}, true), Truth::Unknown);
    EXPECT_EQ(score(0, {4}).meets({Relation::Equal, 5}, true), Truth::No);
}

}  // namespace
}  // namespace cursus
