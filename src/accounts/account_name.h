// What a client says it is called, before it is looked up anywhere.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// Valid UTF-8 without controls, 1 to account_octets_max octets: anything else is nobody's name, and must not
// reach a store, a log or a terminal as it is.
bool is_account_name(std::string_view text);

// A claim as an event may hold it: what is no name becomes "?".
std::string shown_account(std::string_view text);

}  // namespace cursus
