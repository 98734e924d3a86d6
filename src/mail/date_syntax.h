#pragma once

#include <string_view>

namespace cursus {

// Whether a Date field's body is a date and time that exist, RFC 5322 §3.3 and its obsolete form (§4.3).
bool is_date_time(std::string_view body);

}  // namespace cursus
