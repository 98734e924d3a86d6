// What submission offers of the time of delivery, and what is granted of what a client asks: FUTURERELEASE
// (RFC 4865), DELIVERBY (RFC 2852), MT-PRIORITY (RFC 6710). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/settings.h"
#include "mail/command.h"
#include "mail/reply.h"

namespace cursus {

// The lines of the reply to EHLO.
std::vector<std::string> timing_lines(const SubmissionSettings& settings, WallTime now);

// Of one transaction, counted from its MAIL.
struct Timing {
    WallTime began{};  // when MAIL came
    std::optional<WallTime> not_before;
    std::string release_request;  // RFC 4865 §5.1.2; empty: none
    std::optional<DeliverBy> deliver_by;
    std::int8_t priority = 0;
    bool is_lowered = false;  // the priority is not the one that was asked for
};
Timing grant_timing(const MailParameters& asked, const SubmissionSettings& settings, WallTime now);

// Why it cannot be granted at all; null: it can.
const Reply* refusal_of_timing(const MailParameters& asked, const SubmissionSettings& settings, WallTime now);

}  // namespace cursus
