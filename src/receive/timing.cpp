#include "receive/timing.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "mail/replies.h"

namespace cursus {
namespace {

using std::chrono::seconds;

bool offers_release(const SubmissionSettings& settings) {
    return settings.future_release > Duration::zero();
}

seconds whole_seconds(Duration duration) {
    return std::chrono::floor<seconds>(duration);
}

WallTime release_of(const FutureRelease& hold, WallTime now) {
    const Overloaded time{[now](seconds interval) { return now + interval; },
                          [](WallTime until) { return until; }};
    return std::visit(time, hold);
}

}  // namespace

std::vector<std::string> timing_lines(const SubmissionSettings& settings, WallTime now) {
    std::vector<std::string> lines;
    if (offers_release(settings)) {
        const auto most = whole_seconds(settings.future_release);
        lines.push_back(fmt::format("FUTURERELEASE {} {}", most.count(), utc_text(now + most)));
    }
    lines.push_back(fmt::format("DELIVERBY {}", std::chrono::ceil<seconds>(settings.deliver_by_min).count()));
    lines.emplace_back("MT-PRIORITY");
    return lines;
}

const Reply* refusal_of_timing(const MailParameters& asked, const SubmissionSettings& settings,
                               WallTime now) {
    if (asked.hold && !offers_release(settings)) return &replies::parameter_not_offered;
    // What EHLO announced as the last moment was counted from that time and can only have moved on.
    if (asked.hold && release_of(*asked.hold, now) > now + whole_seconds(settings.future_release))
        return &replies::release_too_late;
    if (!asked.deliver_by) return nullptr;
    if (asked.deliver_by->mode == ByMode::Return && asked.deliver_by->time < settings.deliver_by_min)
        return &replies::deliver_by_too_short;
    if (asked.hold && release_of(*asked.hold, now) > now + asked.deliver_by->time)
        return &replies::release_beyond_delivery;
    return nullptr;
}

Timing grant_timing(const MailParameters& asked, const SubmissionSettings& settings, WallTime now) {
    Timing timing;
    timing.began = now;
    if (asked.hold) {
        timing.not_before = release_of(*asked.hold, now);
        timing.release_request = release_request(*asked.hold);
    }
    if (const auto& by = asked.deliver_by) timing.deliver_by = DeliverBy{now + by->time, by->mode, by->trace};
    // Who asks for nothing sends any other mail, whose priority is 0 (RFC 6710 §4.1): there is nothing to
    // lower.
    if (asked.priority) {
        timing.priority = std::min(*asked.priority, settings.priority_max);
        timing.is_lowered = timing.priority != *asked.priority;
    }
    return timing;
}

}  // namespace cursus
