#pragma once

#include <string>

#include "base/result.h"
#include "mail/proxy_header.h"
#include "runtime/stream.h"

namespace cursus {

// A balancer sends it at once; what is lost on the way is sent again within this time.
inline constexpr Duration proxy_header_timeout = std::chrono::seconds{5};

// Takes a PROXY header off the front of the stream, and not an octet more. The error is for people.
Task<Result<ProxyHeader, std::string>> read_proxy_header(Stream& stream, Instant deadline);

}  // namespace cursus
