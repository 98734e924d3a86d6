// What is decided at one stage of a session.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "mail/reply.h"
#include "policy/ruling.h"

namespace cursus {

enum class SessionEnd : std::uint8_t { GoesOn, AfterReply };

struct StageAnswer {
    std::optional<Reply> refusal = {};  // none: go on
    std::string rule = {};              // whose refusal it is, for events
    Duration delay = {};                // before the reply, whichever it is
    Verdict verdict = Verdict::Pass;    // Discard: what comes is taken and thrown away
    SessionEnd end = SessionEnd::GoesOn;
};

}  // namespace cursus
