// Whether everything was tried when it was due: not before, and not much later.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tests/scenarios/checks.h"

namespace cursus {

namespace {

// Wall time is stored in microseconds, timers run in nanoseconds.
constexpr Duration rounding = std::chrono::milliseconds{1};
// From the moment a site is due to its connection: reading the queue, names, a store that is slow.
constexpr Duration promptness = std::chrono::minutes{2};

class RetryCheck {
public:
    RetryCheck(const Testimony& evidence, Failures& failures) : evidence_(evidence), failures_(failures) {
        for (const auto& host : evidence.plan.hosts)
            names_[IpAddress::parse(host.address).value()] = host.name;
        for (const auto& logged : evidence.log.events())
            wall_offset_ =
                std::min(wall_offset_, logged.at.time_since_epoch() - logged.event.at.time_since_epoch());
    }

    void run() {
        for (const auto& logged : evidence_.log.events()) {
            if (const auto* down = std::get_if<SiteDown>(&logged.event.body)) check_site(logged, *down);
            if (const auto* deferred = std::get_if<Deferred>(&logged.event.body))
                check_recipient(logged, *deferred);
        }
    }

private:
    Instant instant_of(WallTime when) const { return Instant(when.time_since_epoch() + wall_offset_); }

    bool may_be_forgotten_within(Instant from, Instant until) const {
        return std::ranges::any_of(
            evidence_.losses, [&](const Loss& loss) { return from <= loss.until && loss.until <= until; });
    }

    bool is_of_site(const ConnectAttempt& attempt, const std::string& site) const {
        const auto name = names_.find(attempt.to.address);
        return name != names_.end() && site.find(name->second) != std::string::npos;
    }

    void check_site(const LoggedEvent& logged, const SiteDown& down) {
        const Instant until = instant_of(down.until);
        if (may_be_forgotten_within(logged.at, until)) return;  // the back-off may not have been kept yet
        std::optional<Instant> next;
        bool is_known = false;
        for (const auto& attempt : evidence_.attempts) {
            if (!is_of_site(attempt, down.site)) continue;
            is_known = true;
            if (attempt.at > logged.at && (!next || attempt.at < *next)) next = attempt.at;
        }
        if (!is_known || !next) return;
        if (*next < until - rounding) {
            failures_.push_back(
                fmt::format("{} was tried {} s before its time", down.site, seconds(until - *next)));
        }
        const bool is_quiet = evidence_.plan.kills.empty() && !is_ended_by_hand() &&
                              evidence_.plan.dns_faults.empty() && evidence_.plan.disk_troubles.empty();
        if (is_quiet && *next > until + promptness && was_waiting(down.site, until)) {
            failures_.push_back(fmt::format("{} was tried {} s late", down.site, seconds(*next - until)));
        }
    }

    bool is_ended_by_hand() const {
        return std::ranges::any_of(evidence_.plan.hands, &PlannedHand::is_end_of_run);
    }

    // Whether a message for the site lay in the queue the whole time from `when` on: one that was
    // acknowledged before and was delivered, or given up, only after.
    bool was_waiting(const std::string& site, Instant when) const {
        std::map<std::pair<MessageId, std::string>, bool> open;  // routed to the site and not settled
        for (const auto& logged : evidence_.log.events()) {
            if (logged.at > when + promptness) break;
            const auto message = logged.event.message;
            if (const auto* routed = std::get_if<Routed>(&logged.event.body);
                routed != nullptr && routed->site == site) {
                open[{message, routed->recipient}] = true;
            }
            if (const auto* gone = std::get_if<Delivered>(&logged.event.body))
                open.erase({message, gone->recipient});
            if (const auto* gone = std::get_if<Bounced>(&logged.event.body))
                open.erase({message, gone->recipient});
            if (const auto* held = std::get_if<RecipientHeld>(&logged.event.body))
                open.erase({message, held->recipient});
            // Deferred by itself, it has a time of its own.
            if (const auto* later = std::get_if<Deferred>(&logged.event.body))
                open.erase({message, later->recipient});
        }
        return !open.empty();
    }

    void check_recipient(const LoggedEvent& logged, const Deferred& deferred) {
        const Instant until = instant_of(deferred.until);
        for (const auto& later : evidence_.log.events()) {
            if (later.event.message == logged.event.message && later.at >= logged.at) {
                const auto* released = std::get_if<RecipientReleased>(&later.event.body);
                if (released != nullptr && released->recipient == deferred.recipient) return;  // due at once
            }
            const auto* attempted = std::get_if<Attempted>(&later.event.body);
            if (attempted == nullptr || later.at <= logged.at || later.at >= until - rounding) continue;
            if (later.event.message != logged.event.message || attempted->recipient != deferred.recipient)
                continue;
            failures_.push_back(fmt::format("{} for {} was tried {} s before its time",
                                            logged.event.message.text(), deferred.recipient,
                                            seconds(until - later.at)));
        }
    }

    static double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

    const Testimony& evidence_;
    Failures& failures_;
    std::map<IpAddress, std::string> names_;
    // Between the two clocks, as the event that was told with the least delay shows it: one that waits for a
    // store in trouble is told much later than the moment it speaks of.
    Duration wall_offset_ = Duration::max();
};

}  // namespace

void check_retries(const Testimony& evidence, Failures& failures) {
    RetryCheck(evidence, failures).run();
}

}  // namespace cursus
