#pragma once

#include <string_view>

namespace cursus {

// Whether a Message-ID field's body is one message identifier, RFC 5322 §3.6.4 and its obsolete form
// (§4.5.4).
bool is_message_id(std::string_view body);

}  // namespace cursus
