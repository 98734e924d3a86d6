// The forms in which an address stands in an alias or forward file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/target.h"

namespace cursus {

// "user", "user@domain", "\user", "User Name <user@domain>", each with (comments): RFC 5322 §3.4 as far as
// files use it. Nullopt: nothing but comments stands there. The error is a sentence that says what to write
// instead.
Result<std::optional<AddressTarget>, std::string> parse_address_target(std::string_view item);
std::string address_target_text(const AddressTarget& target);

}  // namespace cursus
