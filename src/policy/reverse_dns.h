// The names of a client's address, and whether they are its own: a name counts when it leads back.
#pragma once

#include <string>
#include <vector>

#include "policy/forward_lookup.h"

namespace cursus {

// Of one address: whoever is asked for its names decides how many there are (CVE-2022-37452). RFC 7208 §4.6.4
// stops there too.
inline constexpr std::size_t reverse_names_max = 10;

enum class ReverseDns : std::uint8_t {
    Confirmed,    // a name that leads back to the address
    Unconfirmed,  // there are names, and none leads back
    None,         // it has no name
    Unknown,      // for now
};
struct NameSeen {
    std::string name;  // a host name, lower-case A-labels
    ForwardAnswer forward;
};
struct ReverseAnswer {
    ReverseDns verdict = ReverseDns::Unknown;
    std::string name;             // Confirmed; Unconfirmed: the first that is claimed, if it is a host name
    std::vector<NameSeen> names;  // all that were asked, in order
    std::string why;              // Unknown: a sentence
};

// At most 1 + 2 * reverse_names_max lookups, those of the names at once. Any reactor.
Task<ReverseAnswer> look_up_reverse(Resolver& resolver, IpAddress client);

}  // namespace cursus
