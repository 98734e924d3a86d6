// Hosts of a route while they are being looked up.
#pragma once

#include <cstdint>
#include <vector>

#include "config/host_spec.h"
#include "route/own_host.h"
#include "route/route.h"
#include "runtime/host_addresses.h"
#include "runtime/resolver.h"

namespace cursus {

struct FoundHost {
    std::uint16_t preference;
    RouteHost where;          // a NamedHost has its port
    HostAddresses addresses;  // of a NamedHost
};

struct FoundHosts {
    std::vector<FoundHost> hosts;  // best first
    HostAddresses own;             // of our own name, when that matters
};

class HostSearch {
public:
    // What it refers to outlives it. Any reactor.
    HostSearch(Resolver& resolver, const OwnHost& own) : resolver_(resolver), own_(own) {}
    // All hosts at once: twenty of them behind a slow server would otherwise be twenty waits in a row.
    Task<void> look_up(FoundHosts& found) const;

private:
    Resolver& resolver_;
    const OwnHost& own_;
};

// Those that have an address, good for as long as all answers are. Without any the route is empty. The site
// is named after all of `found`, whatever addresses they have just now.
RemoteRoute route_to(const FoundHosts& found, Dialect dialect, Reach reach, const HostTerms& terms = {});

}  // namespace cursus
