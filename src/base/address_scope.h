#pragma once

#include <cstdint>

#include "base/ip.h"

namespace cursus {

// From how far away an address can be reached: the registries of RFC 6890, as far as mail cares.
enum class AddressScope : std::uint8_t {
    Everywhere,
    Private,   // of a site or a link: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 §2.5.6
    Loopback,  // 127/8, ::1
    Nowhere,   // no host has it: "this network", multicast, broadcast, reserved
};

// An IPv6 address that only wraps an IPv4 one (RFC 6052 §2.1, RFC 3056 §2) has that one's scope.
AddressScope scope_of(const IpAddress& address);

}  // namespace cursus
