// A key in an LDAP filter.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// RFC 4515 §3: what could end the value or mean something in it is written as \xx.
std::string ldap_escaped(std::string_view value);

// `filter` with the escaped key in the place of each {key}.
std::string ldap_filter(std::string_view filter, std::string_view key);

}  // namespace cursus
