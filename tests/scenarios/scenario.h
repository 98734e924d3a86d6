// A scenario from its plan to its verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/scenarios/checks.h"
#include "tests/scenarios/plan.h"

namespace cursus {

struct Outcome {
    std::uint64_t fingerprint = 0;   // of the event stream
    Failures failures;               // empty: every promise was kept
    std::vector<std::string> story;  // the events for people, when asked for
    std::size_t messages = 0, refusals = 0, deliveries = 0, notices = 0, holds = 0, kills = 0;
    Duration lasted{};  // in virtual time
};

enum class Telling : std::uint8_t { Outcome, Story };

Outcome run_scenario(std::uint64_t seed, ScenarioKind kind, Telling telling = Telling::Outcome);

}  // namespace cursus
