// What an account is called: as a client says it, and as it is known from then on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// Valid UTF-8 without controls, 1 to account_octets_max octets: anything else is nobody's name, and must not
// reach a store, a log or a terminal as it is.
bool is_account_name(std::string_view text);

// The one name under which an account is looked up, counted, blocked and held, however it was written:
// prepared by RFC 4013, the domain's ASCII in lower case, without ":". Nothing: no account can have that
// name.
std::optional<std::string> account_name(std::string_view text);

// A claim as an event may hold it: what is no name becomes "?".
std::string shown_account(std::string_view text);

}  // namespace cursus
