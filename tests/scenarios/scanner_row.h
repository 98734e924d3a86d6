// The scanners of a town: what each finds in a message, what it says of it, and what ails it when.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "config/settings.h"
#include "sim/world.h"
#include "tests/scenarios/plan.h"

namespace cursus {

// An answer that was given while it could be heard.
struct Scan {
    const PlannedScanner* by = nullptr;
    MessageId message;  // the program's, from its trace field
    Instant at{};
    bool is_bad = false;  // infected, or junk
};

class ScannerRow {
public:
    // How long a message waits for all of a kind together, and in a session for a milter that does not
    // answer.
    static constexpr Duration virus_timeout = std::chrono::seconds{20};
    static constexpr Duration spam_timeout = std::chrono::seconds{15};
    static constexpr Duration milter_timeout = std::chrono::seconds{5};

    // Plan and world outlive it.
    ScannerRow(SimWorld& sim, const Plan& plan);
    ~ScannerRow();
    ScannerRow(const ScannerRow&) = delete;
    ScannerRow& operator=(const ScannerRow&) = delete;

    // For the program: [scan], and the rules that ask.
    void settle(Settings& settings) const;
    const std::vector<Scan>& scans() const { return scans_; }
    // The whole message.
    bool is_shown_to_milter(MessageId message) const;
    bool ails(const PlannedScanner& scanner, Instant from, Instant until) const;

private:
    struct Place;
    void put_up(Place& place);
    std::string answer(const Place& place, const std::string& question);
    Task<void> suffer(Place& place);
    std::string servers(ScannerKind kind) const;

    SimWorld& sim_;
    const Plan& plan_;
    const Instant start_;
    std::vector<std::unique_ptr<Place>> places_;
    std::vector<Scan> scans_;
};

}  // namespace cursus
