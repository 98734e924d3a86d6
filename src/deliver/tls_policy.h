// How much TLS a host must speak. The seam for DANE, MTA-STS and REQUIRETLS.
#pragma once

#include <cstdint>
#include <string_view>

namespace cursus {

enum class TlsDemand : std::uint8_t {
    Opportunistic,  // when it is offered and works, unverified; in the clear otherwise (RFC 7435 §3)
};

constexpr TlsDemand tls_demand(std::string_view /*host*/) {
    return TlsDemand::Opportunistic;
}

// Whether a host whose handshake failed may be spoken to in the clear, on a new connection.
constexpr bool may_go_without(TlsDemand demand) {
    return demand == TlsDemand::Opportunistic;
}

}  // namespace cursus
