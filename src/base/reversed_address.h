// Addresses as names of the DNS: from the last part to the first.
#pragma once

#include <string>

#include "base/ip.h"

namespace cursus {

// "1.2.0.192"; of IPv6 its 32 hexadecimal digits, each a label: what stands before a zone of addresses (RFC
// 5782 §2.1, §2.4).
std::string reversed_labels(const IpAddress& address);

// Where its names stand: RFC 1035 §3.5, RFC 3596 §2.5.
std::string reverse_name(const IpAddress& address);

}  // namespace cursus
