// The edits of a header that rspamd's answer asks for.
#pragma once

#include <nlohmann/json.hpp>

#include "scan/verdict.h"

namespace cursus {

// Adds one edit, made safe, to `edits`; what cannot be goes to the omissions, with a reason. Lines that end
// with LF alone, as rspamd folds them, end with CRLF from then on.
void add_edit(SpamVerdict& verdict, std::vector<HeaderEdit>& edits, HeaderEdit edit);
void leave_out(SpamVerdict& verdict, std::string what);

// remove_headers and add_headers of `milter`. Removals come first, as rspamd's own milter makes them.
void take_milter_edits(const nlohmann::json& milter, SpamVerdict& verdict);
// A signature, or several.
void take_signatures(const nlohmann::json& signatures, SpamVerdict& verdict);

}  // namespace cursus
