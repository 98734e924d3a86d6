// Where a destination's mail goes, as the router found it.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "mail/reply.h"
#include "runtime/random.h"

namespace cursus {

// A host that takes the mail, with the addresses it was found to have: at least one.
struct RemoteHost {
    std::string name;  // as the MX or the route names it: lower case; an address in text form or a literal
    std::uint16_t port = 0;
    std::vector<IpAddress> addresses;
};

struct LocalRoute {};
struct RemoteRoute {
    std::vector<std::vector<RemoteHost>> preferences;  // best first; hosts of one are as good as one another
    std::string site;  // equal for destinations that lead to the same hosts in the same order
    bool single_copy = false;
    Duration valid_for{};  // look again after this: the shortest time to live of what was asked
};
struct Unroutable {
    Reply reply;  // transient: look again later, nothing is known; permanent: nobody there takes mail
};
using Route = std::variant<LocalRoute, RemoteRoute, Unroutable>;

// The site's name: its hosts in order of preference. Hosts that are as good as one another stand in order of
// name.
struct SiteHost {
    std::string name;
    std::uint16_t port = 0;
};
std::string site_key(const std::vector<std::vector<SiteHost>>& preferences);

// One address to try.
struct Candidate {
    std::string host;
    Endpoint endpoint;
};
inline constexpr std::size_t candidates_max = 30;

// In the order to try them, RFC 5321 §5.1: by preference, hosts that are as good as one another in random
// order, a host's addresses one after another.
std::vector<Candidate> trial_order(const RemoteRoute& route, Random& random);

// A host's addresses in the order to try them: IPv6 and IPv4 in turn, IPv6 first (RFC 3974 §3 step 5), each
// kind shuffled. In turn, so that a host whose IPv6 is broken costs one timeout and not one an address.
std::vector<IpAddress> address_order(std::vector<IpAddress> addresses, Random& random);

}  // namespace cursus
