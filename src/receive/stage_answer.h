// What is decided at one stage of a session.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "receive/refusal.h"

namespace cursus {

struct StageAnswer {
    std::optional<Refusal> refusal = {};  // none: go on
    std::optional<std::string> discarded_by =
        {};               // what comes is taken and thrown away, as this one wants it
    Duration delay = {};  // before the reply, whichever it is
};

}  // namespace cursus
