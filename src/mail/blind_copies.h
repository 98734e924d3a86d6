// Who must not be seen to have got a copy, RFC 5322 §3.6.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// `header` (see rewrite_header) without its Bcc and Resent-Bcc fields. Nothing: it has none.
std::optional<std::string> without_blind_copies(std::string_view header);

}  // namespace cursus
