#include "tests/scenarios/scenario.h"

#include <exception>
#include <memory>
#include <optional>
#include <ranges>

#include <fmt/format.h>

#include "journal/event_text.h"
#include "tests/scenarios/event_log.h"
#include "tests/scenarios/program.h"
#include "tests/scenarios/town.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

// Longer than anything can lie in the queue: five days, the mail that comes in the first hours, the slowest
// retry of the last notification.
constexpr Duration longest_scenario = 24h * 13;
constexpr Duration settling_time = 10min;
constexpr Duration restart_pause = 1min;

class Stage {
public:
    explicit Stage(const Plan& plan)
        : plan_(plan),
          sim_(plan.seed, {.reactors = plan.reactors}),
          log_(sim_),
          town_(sim_, plan),
          settings_(town_.settings()),
          end_(sim_.now() + longest_scenario) {}

    Outcome run(Telling telling) {
        play();
        Outcome verdict = judge();
        if (telling == Telling::Story) {
            for (const auto& logged : log_.events()) verdict.story.push_back(human_line(logged.event));
        }
        return verdict;
    }

private:
    void play() {
        while (true) {
            try {
                start();
                act();
                sim_.spare();
                program_->stop();
                program_.reset();
                return;
            } catch (const Killed&) {
                kills_.push_back(sim_.now());
                losses_.push_back({sim_.now(), sim_.now()});
                graveyard::keep(std::move(program_));
                sim_.run_for(downtime());
                sim_.restart();
            }
        }
    }

    // After the last kill.
    Duration downtime() const {
        return kills_.size() <= plan_.kills.size() ? plan_.kills[kills_.size() - 1].downtime : restart_pause;
    }

    void start() {
        if (kills_.size() < plan_.kills.size()) sim_.kill_after(plan_.kills[kills_.size()].steps);
        start_program();
    }

    // As whatever supervises it would: a store in trouble is no reason to give up.
    void start_program() {
        program_ = std::make_unique<Program>(sim_, settings_, log_, town_.tables());
        while (!program_->start()) {
            if (!sim_.disk().trouble)
                throw std::runtime_error("the program does not start, and its disk is well");
            program_.reset();
            sim_.run_for(restart_pause);
            program_ = std::make_unique<Program>(sim_, settings_, log_, town_.tables());
        }
    }

    void act() {
        for (const auto& hand : plan_.hands | std::views::drop(hands_done())) {
            const Instant when = town_.start() + hand.at;
            if (when > sim_.now()) sim_.run_until([] { return false; }, when - sim_.now());
            if (hands_.empty() || hands_.back().ended != Instant::max())
                hands_.push_back({&hand, sim_.now()});
            use(hand);
            hands_.back().ended = sim_.now();
        }
        // A message may come into the store when its client has long gone.
        do {
            sim_.run_until([this] { return town_.everything_is_posted() && sim_.disk().blobs.empty(); },
                           end_ - sim_.now());
            sim_.run_for(settling_time);
        } while (!sim_.disk().blobs.empty() && sim_.now() < end_);
    }

    std::size_t hands_done() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            hands_, [](const DoneByHand& hand) { return hand.ended != Instant::max(); }));
    }

    void use(const PlannedHand& hand) {
        switch (hand.does) {
            case PlannedHand::Does::Restart:
                return restart_in_order();
            case PlannedHand::Does::Reload:
                return program_->reload();
            case PlannedHand::Does::Kill:
                return sim_.kill_after(hand.steps);
            case PlannedHand::Does::Hold:
                program_->tell(hold_word(hand));
                return;
            case PlannedHand::Does::Release:
                while (!program_->tell(fmt::format("release?all=yes&domain={}", hand.domain)))
                    sim_.run_for(restart_pause);
                return;
            case PlannedHand::Does::Remove:
                program_->tell(fmt::format("remove?state=held&domain={}", hand.domain));
                return;
        }
    }

    static std::string hold_word(const PlannedHand& hand) {
        auto word = fmt::format("hold?all=yes&domain={}&why=a+look", hand.domain);
        if (hand.lasts)
            word += fmt::format("&for={}s", std::chrono::ceil<std::chrono::seconds>(*hand.lasts).count());
        return word;
    }

    void restart_in_order() {
        const Instant from = sim_.now();
        const bool begins_in_trouble = sim_.disk().trouble.has_value();
        program_->stop();
        sim_.start_deputy_again();
        if (begins_in_trouble || sim_.disk().trouble) losses_.push_back({from, sim_.now()});
        start_program();
    }

    Outcome judge() {
        Outcome verdict;
        const auto accounts = collect_accounts(sim_, town_);
        std::vector<ConnectAttempt> attempts;
        for (const auto& attempt : sim_.fabric().attempts()) {
            if (attempt.by->name() == "program") attempts.push_back(attempt);
        }
        const HoldBook holds(log_, hands_, kills_);
        const Testimony evidence{plan_, town_, accounts, log_, losses_, holds, attempts};
        check_endings(evidence, verdict.failures);
        check_doubles(evidence, verdict.failures);
        check_holds(evidence, verdict.failures);
        check_scans(evidence, verdict.failures);
        check_retries(evidence, verdict.failures);
        if (!sim_.disk().blobs.empty()) {
            verdict.failures.push_back(
                fmt::format("{} bodies are left in the store", sim_.disk().blobs.size()));
        }
        verdict.fingerprint = log_.fingerprint();
        verdict.messages = plan_.messages.size();
        verdict.refusals = static_cast<std::size_t>(std::ranges::count_if(
            town_.posted(), [](const Posted& posted) { return posted.outcome.fate == SentFate::Refused; }));
        verdict.deliveries = accounts.deliveries.size();
        verdict.notices = accounts.notices.size();
        verdict.holds = holds.holds().size();
        verdict.kills = kills_.size();
        verdict.lasted = sim_.now() - town_.start();
        return verdict;
    }

    const Plan& plan_;
    SimWorld sim_;
    EventLog log_;
    Town town_;
    Settings settings_;
    Instant end_;
    std::unique_ptr<Program> program_;
    std::vector<Instant> kills_;
    std::vector<Loss> losses_;
    std::vector<DoneByHand> hands_;  // as the plan has them, as far as they are done or begun
};

}  // namespace

Outcome run_scenario(std::uint64_t seed, ScenarioKind kind, Telling telling) {
    const Plan plan = make_plan(seed, kind);
    auto stage = std::make_unique<Stage>(plan);
    try {
        return stage->run(telling);
    } catch (const std::exception& error) {
        graveyard::keep(std::move(stage));  // a program in the middle of something cannot be unwound
        Outcome verdict;
        verdict.failures.push_back(std::string("the scenario broke off: ") + error.what());
        return verdict;
    }
}

}  // namespace cursus
