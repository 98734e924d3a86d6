// On what terms the hosts of a route are spoken with: how much TLS they must speak, and as whom we log in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mail/mechanism.h"

namespace cursus {

// How much TLS the hosts of a route must speak.
enum class RouteTls : std::uint8_t {
    None,           // never
    Opportunistic,  // where it is offered and works, unverified; in the clear otherwise (RFC 7435 §3)
    Required,       // or the mail waits; unverified
    Verified,       // the same, and the certificate must hold for the host's name
};

std::string_view name(RouteTls tls);  // as the configuration has it

// Whether a host that does not offer TLS, or whose handshake failed, may be spoken to in the clear.
constexpr bool may_go_without(RouteTls demand) {
    return demand == RouteTls::None || demand == RouteTls::Opportunistic;
}

// Of a [[route]] that speaks SMTP: there TLS begins at once (RFC 8314 §3.3).
inline constexpr std::uint16_t implicit_tls_port = 465;

struct HostTerms {
    RouteTls tls = RouteTls::Opportunistic;
    std::string tls_name;                 // that the certificate must have; empty: the host's own name
    std::string username, password_file;  // we log in there; empty: we do not
    std::vector<Mechanism> mechanisms;    // empty: the best that both know
    friend bool operator==(const HostTerms&, const HostTerms&) = default;
};

// "tls=verified login=julius:/etc/cursus/isp", a word for whatever is not as usual: sites are told apart by
// it, and people read it. Never the password.
std::string terms_text(const HostTerms& terms);

}  // namespace cursus
