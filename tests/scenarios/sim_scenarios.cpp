// sim_scenarios [--seed N] [--count M] [--kind NAME] [--story] [--twice EVERY]
// Runs the scenarios of the seeds N to N + M - 1. A seed that fails is printed with the command that replays
// it.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "tests/scenarios/scenario.h"

namespace cursus {
namespace {

constexpr int exit_usage = 64;  // sysexits.h

struct Options {
    std::uint64_t seed = 1, count = 1;
    std::optional<ScenarioKind> kind;  // of all seeds; else each has its own
    bool tells_story = false;
    std::uint64_t twice_every = 20;  // every so many seeds the scenario is run twice and compared; 0: never
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Options> parse_options(int argc, char** argv) {
    Options options;
    const std::map<std::string_view, std::uint64_t*> numbers{
        {"--seed", &options.seed}, {"--count", &options.count}, {"--twice", &options.twice_every}};
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--story") {
            options.tells_story = true;
            continue;
        }
        if (++i == argc) return std::nullopt;
        if (name == "--kind") {
            options.kind = parse_scenario_kind(argv[i]);
            if (!options.kind) return std::nullopt;
            continue;
        }
        const auto target = numbers.find(name);
        const auto number = parse_number(argv[i]);
        if (target == numbers.end() || !number) return std::nullopt;
        *target->second = *number;
    }
    return options;
}

struct Totals {
    std::uint64_t failed = 0, messages = 0, refusals = 0, deliveries = 0, notices = 0, holds = 0, kills = 0;
    Duration lasted{};
};

void run_seed(std::uint64_t seed, const Options& options, Totals& totals) {
    const auto kind = options.kind.value_or(kind_of(seed));
    auto verdict = run_scenario(seed, kind, options.tells_story ? Telling::Story : Telling::Outcome);
    if (options.twice_every != 0 && seed % options.twice_every == 0) {
        const auto again = run_scenario(seed, kind);
        if (again.fingerprint != verdict.fingerprint)
            verdict.failures.push_back("the second run told another story");
    }
    for (const auto& line : verdict.story) fmt::print("{}\n", line);
    for (const auto& failure : verdict.failures)
        fmt::print("seed {} ({}): {}\n", seed, describe(kind), failure);
    if (!verdict.failures.empty()) {
        fmt::print("replay: sim_scenarios --seed {} --kind {} --story\n", seed, describe(kind));
        ++totals.failed;
    }
    totals.messages += verdict.messages;
    totals.refusals += verdict.refusals;
    totals.deliveries += verdict.deliveries;
    totals.notices += verdict.notices;
    totals.holds += verdict.holds;
    totals.kills += verdict.kills;
    totals.lasted += verdict.lasted;
    std::fflush(stdout);
}

int run(const Options& options) {
    Totals totals;
    for (std::uint64_t i = 0; i < options.count; ++i) run_seed(options.seed + i, options, totals);
    fmt::print(
        "{} seeds, {} failed: {} messages, {} of them refused, {} copies delivered, {} notices, {} holds, "
        "{} kills, {} days\n",
        options.count, totals.failed, totals.messages, totals.refusals, totals.deliveries, totals.notices,
        totals.holds, totals.kills, std::chrono::duration_cast<std::chrono::days>(totals.lasted).count());
    return totals.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace cursus

int main(int argc, char** argv) {
    const auto options = cursus::parse_options(argc, argv);
    if (!options) {
        fmt::print(stderr,
                   "usage: sim_scenarios [--seed N] [--count M] [--kind NAME] [--story] [--twice EVERY]\n");
        return cursus::exit_usage;
    }
    return cursus::run(*options);
}
