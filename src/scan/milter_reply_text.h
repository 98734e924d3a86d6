// The words a milter wants the client to be told: "550 5.7.1 No", of one line or several.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/reply.h"

namespace cursus {

inline constexpr std::size_t milter_reply_lines_max = 32;          // libmilter makes no more
inline constexpr std::size_t milter_reply_line_octets_max = 1000;  // of one; it makes 980

// 4xx or 5xx, on each line the same; a status of that class is added where there is none. The error says what
// is wrong with it.
Result<Reply, std::string> parse_milter_reply_text(std::string_view text);

}  // namespace cursus
