// Who must not be seen to have got a copy, RFC 5322 §3.6.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// `header` (see rewrite_header) without its Bcc and Resent-Bcc fields. Where it has no empty line the message
// ends with it, and its last field may lack its CRLF. Nothing: it has none of them.
std::optional<std::string> without_blind_copies(std::string_view header);

}  // namespace cursus
