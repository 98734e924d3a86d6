// What rspamd answers: a JSON object with a score, an action, and what it wants done (its protocol
// documentation, and "milter" in it).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "scan/verdict.h"

namespace cursus {

inline constexpr std::size_t rspamd_answer_octets_max = std::size_t{2} * 1024 * 1024;
// Where rspamd's settings name none.
inline constexpr std::string_view rspamd_spam_header = "X-Spam";

// The failure says why it is none.
Result<SpamVerdict, std::string> parse_rspamd_answer(std::string_view json);

}  // namespace cursus
