// Where a destination's mail goes, as the router found it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ip.h"
#include "base/service_address.h"
#include "base/time.h"
#include "config/host_spec.h"
#include "config/host_terms.h"
#include "mail/dialect.h"
#include "mail/reply.h"
#include "route/reach.h"
#include "runtime/random.h"

namespace cursus {

// A host that takes the mail, with the addresses it was found to have: at least one.
struct RemoteHost {
    std::string name;  // as the MX or the route names it: lower case; an address in text form or a literal;
                       // "unix:/path"
    std::vector<ServiceAddress> addresses;
};

struct LocalRoute {};
struct RemoteRoute {
    std::vector<std::vector<RemoteHost>> preferences;  // best first; hosts of one are as good as one another
    // Equal for destinations that lead to the same hosts, in the same order and on the same terms.
    std::string site;
    Dialect dialect = Dialect::Smtp;
    HostTerms terms = {};
    bool single_copy = false;
    Duration valid_for{};  // look again after this: the shortest time to live of what was asked
};
enum class NoRoute : std::uint8_t {
    NotNow,        // a lookup failed, or what the configuration names cannot be used: nothing is known
    NoSuchDomain,  // it does not exist
    NullMx,        // it takes no mail, RFC 7505
    NoHost,        // nobody takes its mail, or nobody that could be reached
};
struct Unroutable {
    Reply reply;  // transient when it is not known now: look again later; permanent otherwise
    NoRoute why = NoRoute::NotNow;
    std::string advice = {};  // to the operator, whose configuration may be at fault; empty: it is not
};
using Route = std::variant<LocalRoute, RemoteRoute, Unroutable>;

// A route is used this long at most, and at least the shorter time, so that a time to live of 0 does not ask
// DNS again for every message of a backlog.
inline constexpr Duration route_kept_max = std::chrono::hours{1};
inline constexpr Duration route_kept_min = std::chrono::seconds{1};
Duration kept(Duration ttl);

// The site's name: its hosts in order of preference, with their ports, and their terms and reach where they
// are not the usual ones. Hosts that are as good as one another stand in order of name. The reach, because
// whoever names the host of another's route would otherwise share its connections to addresses inside.
std::string site_key(const RouteHosts& preferences, Dialect dialect, const HostTerms& terms, Reach reach);

// One address to try.
struct Candidate {
    std::string host;
    ServiceAddress address;
    Dialect dialect = Dialect::Smtp;
    HostTerms terms = {};
};
inline constexpr std::size_t candidates_max = 30;

// In the order to try them, RFC 5321 §5.1: by preference, hosts that are as good as one another in random
// order, a host's addresses one after another.
std::vector<Candidate> trial_order(const RemoteRoute& route, Random& random);

// A host's addresses in the order to try them: IPv6 and IPv4 in turn, IPv6 first (RFC 3974 §3 step 5), each
// kind shuffled. In turn, so that a host whose IPv6 is broken costs one timeout and not one an address.
std::vector<ServiceAddress> address_order(std::vector<ServiceAddress> addresses, Random& random);

}  // namespace cursus
