// How much TLS a host must speak, and from when on. The seam for DANE, MTA-STS and REQUIRETLS. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mail/reply.h"
#include "route/route.h"

namespace cursus {

enum class TlsStart : std::uint8_t { Never, WhenOffered, AtOnce };
TlsStart tls_start(const Candidate& where);

// The name that is asked for, and that the certificate must hold for where it is looked at. An address in
// text form for a host that is one: brackets are no part of it, and it is never asked for (RFC 6066 §3).
std::string tls_name(const Candidate& where);

// Why mail waits (the IANA registry of enhanced status codes): X.7.4, a security feature is not supported;
// X.7.5, cryptography failed; X.3.5, this host is not set up rightly.
Reply tls_not_offered(const Candidate& where);
Reply tls_failed(const Candidate& where, std::string_view why);
Reply tls_not_set_up(const Candidate& where, std::string_view why);

}  // namespace cursus
