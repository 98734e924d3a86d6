// Whether a host's name leads to an address: asked of the name a client greets with, and of the names that
// its address has.
#pragma once

#include <string>
#include <vector>

#include "base/ip.h"
#include "runtime/resolver.h"

namespace cursus {

enum class Forward : std::uint8_t {
    ToAddress,  // it has the address
    Elsewhere,  // it has addresses, and not this one
    Absent,     // it has none, or does not exist
    Unknown,    // for now: a lookup that could have shown the address failed or was bogus
};
struct ForwardAnswer {
    Forward verdict = Forward::Unknown;
    std::vector<IpAddress> seen;  // of the name: some, for people
    std::string why;              // Unknown: what failed, for people
};
inline constexpr std::size_t forward_seen_max = 8;

// At most two lookups. `name`: lower-case A-labels without a final dot.
Task<ForwardAnswer> look_forward(Resolver& resolver, std::string name, IpAddress address);

}  // namespace cursus
