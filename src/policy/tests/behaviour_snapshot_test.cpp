#include "policy/behaviour_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/codec.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

BehaviourSnapshot example_snapshot() {
    BehaviourSnapshot snapshot{WallTime{hours{500'000}}, {1, 2}, {}, {}, {}};
    snapshot.rates = {{{3, 4}, minutes{5}}, {{5, 6}, hours{7}}};
    snapshot.greylist.waiting = {{{7, 8}, minutes{1}}};
    snapshot.greylist.passed = {{{9, 10}, hours{2}}, {{11, 12}, {}}};
    snapshot.greylist.networks = {{{13, 14}, hours{3}, 4}};
    snapshot.harvest = {{{15, 16}, {}}};
    snapshot.harvest[0].counts[0][0] = 17;
    snapshot.harvest[0].counts[1][11] = 18;
    return snapshot;
}

TEST(BehaviourSnapshot, is_read_as_it_was_written) {
    EXPECT_EQ(parse_behaviour(encode(example_snapshot())), example_snapshot());
    EXPECT_EQ(parse_behaviour(encode({})), BehaviourSnapshot{});
}

TEST(BehaviourSnapshot, is_refused_when_any_octet_has_changed_or_is_missing) {
    const std::string whole = encode(example_snapshot());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(parse_behaviour(changed)) << i;
        EXPECT_FALSE(parse_behaviour(whole.substr(0, i))) << i;
    }
    EXPECT_FALSE(parse_behaviour(whole + '\0'));
}

TEST(BehaviourSnapshot, says_what_is_wrong_with_it) {
    EXPECT_EQ(parse_behaviour("").error(), "it is no memory of clients' behaviour");
    EXPECT_EQ(parse_behaviour("CURSUSBH").error(), "it is damaged: its checksum is wrong");
    std::string newer = encode(example_snapshot());
    newer[11] = 9;
    EXPECT_EQ(parse_behaviour(newer).error(),
              "it was written by another version of cursus (its format is 9, 1 is known)");
    newer = encode(example_snapshot());
    newer.back() = 'x';
    EXPECT_EQ(parse_behaviour(newer).error(), "it is damaged: its checksum is wrong");
}

// The checksum is right, the lists are not: as a fault of ours, or somebody's own file.
TEST(BehaviourSnapshot, believes_no_length) {
    Encoder body;
    body.time({});
    body.u64(1);
    body.u64(2);
    body.u32(0xffffffff);
    EXPECT_THAT(parse_behaviour(with_behaviour_head(body.take())).error(),
                HasSubstr("not as long as they say"));
    Encoder many;
    many.time({});
    many.u64(1);
    many.u64(2);
    many.u32(1000);
    many.raw(std::string(1000, 'x'));
    EXPECT_THAT(parse_behaviour(with_behaviour_head(many.take())).error(),
                HasSubstr("not as long as they say"));
}

TEST(BehaviourSnapshot, holds_no_time_beyond_reason) {
    BehaviourSnapshot snapshot = example_snapshot();
    snapshot.rates[0].until_full = Duration::max();
    snapshot.greylist.passed[0].last = Duration{-1};  // as octets: half an eternity
    const auto parsed = parse_behaviour(encode(snapshot));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->rates[0].until_full, behaviour_age_max);
    EXPECT_EQ(parsed->greylist.passed[0].last, behaviour_age_max);
}

}  // namespace
}  // namespace cursus
