// What surrounds the program in a scenario: names, servers that take its mail, clients that bring it some,
// and everything that goes wrong with them as planned.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "config/settings.h"
#include "sim/peers/smtp_sender.h"
#include "sim/peers/smtp_sink.h"
#include "sim/sim_table.h"
#include "sim/world.h"
#include "tests/scenarios/plan.h"
#include "tests/scenarios/scanner_row.h"

namespace cursus {

// A message of the plan and what its client was told in the end. A client goes on trying while it knows that
// the program has not got it.
struct Posted {
    struct Attempt {
        Instant began{}, ended{};
        SentFate fate = SentFate::NotSent;
    };
    const PlannedMessage* planned = nullptr;
    SubmissionOutcome outcome;
    std::vector<Attempt> attempts;
    bool has_ended = false;
};

class Town {
public:
    static constexpr int attempts_max = 200;
    static constexpr Duration between_attempts = std::chrono::minutes{10};

    // The plan and the world outlive the town, and the town the running of the world.
    Town(SimWorld& sim, const Plan& plan);
    Town(const Town&) = delete;
    Town& operator=(const Town&) = delete;

    // For the program.
    Settings settings() const;
    Tables tables() const { return {{"aliases", aliases_}}; }
    bool everything_is_posted() const;
    Instant start() const { return start_; }
    const std::vector<Posted>& posted() const { return posted_; }
    const ScannerRow& scanners() const { return scanners_; }
    const std::vector<std::unique_ptr<SmtpSink>>& sinks() const { return sinks_; }  // as the plan's hosts

private:
    void build_hosts();
    void build_names();
    void build_lists();
    void plan_faults();
    Task<void> post(std::size_t number);
    Task<void> trouble_disk(PlannedDiskTrouble trouble);
    Window window(Span span) const { return {start_ + span.from, start_ + span.until}; }

    SimWorld& sim_;
    const Plan& plan_;
    Instant start_;
    Machine& client_;
    std::shared_ptr<SimTable> aliases_;
    ScannerRow scanners_;
    std::vector<std::unique_ptr<SmtpSink>> sinks_;
    std::vector<Posted> posted_;
};

}  // namespace cursus
