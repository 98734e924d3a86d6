// Why something is not taken, and what the session does then.
#pragma once

#include <cstdint>
#include <string>

#include "base/id.h"
#include "mail/reply.h"

namespace cursus {

enum class Afterwards : std::uint8_t { GoOn, Close };

// `rule` names it in events.
struct Refusal {
    Reply reply;
    std::string rule;
    Afterwards afterwards = Afterwards::GoOn;
};

// Whose reply announces the end of the session brings it: RFC 5321 §3.8, RFC 7504 §3.
Refusal refusal(Reply reply, std::string rule);

// The session's id lets whoever is refused say which one it was.
Reply with_record(const Reply& reply, SessionId session);

}  // namespace cursus
