// The host that a mail program or browser would go to, out of what stands in a URI.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

inline constexpr std::size_t uri_authority_octets_max = 1024;  // user information not counted

// `authority`: what stands behind "//" (RFC 3986 §3.2), or the address of a mailto URI (RFC 6068), with user
// information, port, percent-encoding and whatever followed it in the text. A name comes as lower-case
// A-labels, two or more; an address as text, without brackets, however it was written ("0x7f000001").
// Nothing: it is no host. Of a name that is none for mail ("a_b.example") the part that is one.
std::optional<std::string> uri_host(std::string_view authority);

}  // namespace cursus
