// The named scenarios, each with what it must lead to.
#include "tests/scenarios/scenario.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::string text_of(const Failures& failures) {
    std::string text;
    for (const auto& failure : failures) text += failure + '\n';
    return text;
}

class Scenario : public testing::TestWithParam<ScenarioKind> {};

TEST_P(Scenario, every_promise_is_kept) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto verdict = run_scenario(seed, GetParam());
        EXPECT_TRUE(verdict.failures.empty()) << "seed " << seed << ":\n" << text_of(verdict.failures);
        EXPECT_GE(verdict.deliveries + verdict.notices + verdict.refusals + verdict.holds, verdict.messages)
            << "something must have happened";
    }
}

TEST_P(Scenario, the_same_seed_tells_the_same_story) {
    const auto first = run_scenario(7, GetParam(), Telling::Story);
    const auto second = run_scenario(7, GetParam(), Telling::Story);
    EXPECT_EQ(first.fingerprint, second.fingerprint);
    EXPECT_EQ(first.story, second.story);
    EXPECT_NE(first.fingerprint, run_scenario(18, GetParam()).fingerprint);
}

std::vector<ScenarioKind> all_kinds() {
    std::vector<ScenarioKind> kinds;
    for (std::size_t i = 0; i < scenario_kinds; ++i) kinds.push_back(static_cast<ScenarioKind>(i));
    return kinds;
}

std::string name_of(const testing::TestParamInfo<ScenarioKind>& info) {
    std::string name(describe(info.param));
    for (char& c : name) c = c == '-' ? '_' : c;
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(all_kinds()), name_of);

}  // namespace
}  // namespace cursus
