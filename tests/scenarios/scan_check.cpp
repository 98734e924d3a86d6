// Whether scanners were asked, listened to, and never waited for longer than was settled.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "tests/scenarios/checks.h"

namespace cursus {

namespace {

// What a session takes beside scanning, and what of an answer may come when its scanner falls ill.
constexpr Duration scan_leeway = std::chrono::seconds{5};

class ScanCheck {
public:
    ScanCheck(const Testimony& evidence, Failures& failures)
        : evidence_(evidence), row_(evidence.town.scanners()), failures_(failures) {
        for (const auto& posted : evidence.town.posted())
            posted_[posted.planned->submission.sender] = &posted;
        for (const auto& logged : evidence.log.events()) {
            if (const auto* held = std::get_if<RecipientHeld>(&logged.event.body))
                held_.insert({logged.event.message, held->recipient});
        }
    }

    void run() {
        for (const auto& logged : evidence_.log.events()) {
            if (const auto* accepted = std::get_if<Accepted>(&logged.event.body))
                check_accepted(logged, *accepted);
        }
        if (evidence_.plan.kind != ScenarioKind::ScannersFailing) return;
        for (const auto& [sender, posted] : posted_)
            for (const auto& attempt : posted->attempts) check_attempt(*posted, attempt);
    }

private:
    // One of that kind was well all the time.
    bool is_well(ScannerKind kind, Instant from, Instant until) const {
        return std::ranges::any_of(evidence_.plan.scanners, [&](const PlannedScanner& scanner) {
            return scanner.kind == kind && !row_.ails(scanner, from - scan_leeway, until + scan_leeway);
        });
    }
    bool all_are_well(Instant from, Instant until) const {
        return std::ranges::all_of(evidence_.plan.scanners, [&](const PlannedScanner& scanner) {
            return is_well(scanner.kind, from, until);
        });
    }

    // Nothing is taken unseen, nor against what was said.
    void check_accepted(const LoggedEvent& logged, const Accepted& accepted) {
        const auto posted = posted_.find(accepted.sender);
        if (posted == posted_.end()) return;  // a notice
        const auto id = logged.event.message;
        const auto fail = [&](std::string_view why) {
            failures_.push_back(
                fmt::format("{} ({}) was taken {}", posted->second->planned->token, id.text(), why));
        };
        std::set<ScannerKind> seen_by;
        for (const auto& scan : row_.scans()) {
            // What crawled in when the question had been given up was heard by nobody.
            if (scan.message != id || scan.at > logged.at) continue;
            seen_by.insert(scan.by->kind);
            // A question that was put while it was ill may have been given up.
            const auto asked = scan.at - ScannerRow::virus_timeout;
            const bool is_heard = !row_.ails(*scan.by, asked, scan.at + scan_leeway);
            if (!is_heard || !scan.is_bad) continue;
            if (scan.by->kind == ScannerKind::Clamd) fail("though a scanner called it infected");
            if (scan.by->kind != ScannerKind::Clamd && !is_held(id, accepted.recipients))
                fail("and not held, though a scanner called it junk");
        }
        if (row_.is_shown_to_milter(id)) seen_by.insert(ScannerKind::Milter);
        const bool is_spared = posted->second->planned->nature == Nature::Unseen;
        for (const auto& scanner : evidence_.plan.scanners) {
            if (seen_by.contains(scanner.kind)) continue;
            if (is_spared && scanner.kind != ScannerKind::Milter) continue;
            const auto from = logged.at - ScannerRow::virus_timeout;
            if (!evidence_.plan.passes_unscanned || is_well(scanner.kind, from, logged.at))
                fail(fmt::format("and {} has not seen it", scanner.address));
        }
    }
    bool is_held(MessageId message, const std::vector<std::string>& recipients) const {
        return std::ranges::all_of(
            recipients, [&](const auto& recipient) { return held_.contains({message, recipient}); });
    }

    void check_attempt(const Posted& posted, const Posted::Attempt& attempt) {
        const auto fail = [&](std::string_view why) {
            failures_.push_back(fmt::format("{} was {}", posted.planned->token, why));
        };
        if (attempt.ended - attempt.began > limit_of(*posted.planned))
            fail("kept waiting longer than settled");
        const bool is_left = attempt.ended - attempt.began >= posted.planned->patience;  // by its client
        if (attempt.fate == SentFate::Acknowledged || is_left) return;
        if (attempt.fate == SentFate::Refused) {
            if (!is_called_infected_within(attempt)) fail("refused for good, and no scanner said so");
        } else if (evidence_.plan.passes_unscanned || all_are_well(attempt.began, attempt.ended)) {
            if (!is_interrupted(attempt)) fail("put off though nothing was wrong");
        }
    }
    Duration limit_of(const PlannedMessage& message) const {
        Duration limit = scan_leeway;
        if (message.nature != Nature::Unseen)
            limit += std::max(ScannerRow::virus_timeout, ScannerRow::spam_timeout);
        const bool has_milter =
            std::ranges::count(evidence_.plan.scanners, ScannerKind::Milter, &PlannedScanner::kind) != 0;
        return has_milter ? limit + ScannerRow::milter_timeout : limit;
    }
    bool is_called_infected_within(const Posted::Attempt& attempt) const {
        return std::ranges::any_of(row_.scans(), [&](const Scan& scan) {
            return scan.is_bad && scan.by->kind == ScannerKind::Clamd && attempt.began <= scan.at &&
                   scan.at <= attempt.ended;
        });
    }
    // By the program's end.
    bool is_interrupted(const Posted::Attempt& attempt) const {
        return std::ranges::any_of(evidence_.plan.hands, [&](const PlannedHand& hand) {
            const Instant at = evidence_.town.start() + hand.at;
            return hand.is_end_of_run() && attempt.began - scan_leeway <= at && at <= attempt.ended;
        });
    }

    const Testimony& evidence_;
    const ScannerRow& row_;
    Failures& failures_;
    std::map<std::string, const Posted*> posted_;  // by sender
    std::set<HoldBook::Whose> held_;
};

}  // namespace

void check_scans(const Testimony& evidence, Failures& failures) {
    if (!evidence.plan.scanners.empty()) ScanCheck(evidence, failures).run();
}

}  // namespace cursus
