// From a destination to hosts: special routes, address literals, and the MX records of everything else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "mail/destination.h"
#include "route/destinations.h"
#include "route/host_addresses.h"
#include "route/mx_list.h"
#include "route/own_host.h"
#include "route/route.h"
#include "runtime/reactor.h"
#include "runtime/resolver.h"

namespace cursus {

// A route is used this long at most, and at least the shorter time, so that a time to live of 0 does not ask
// DNS again for every message of a backlog.
inline constexpr Duration route_kept_max = std::chrono::hours{1};
inline constexpr Duration route_kept_min = std::chrono::seconds{1};

class Router {
public:
    // Works on `reactor`; asks DNS every time (the resolver caches). `settings` outlives it.
    Router(Reactor& reactor, Resolver& resolver, const Settings& settings);

    Task<Route> route(Destination destination);

private:
    struct Lookup {
        MxRecord host;
        std::uint16_t port;
        HostAddresses addresses;
    };
    struct Found {
        std::vector<Lookup> hosts;
        HostAddresses own;  // of our own name, when that matters
    };

    Task<Route> by_route(std::string pattern);
    Task<Route> by_mx(std::string domain);
    Task<Route> to_literal(std::string literal);
    Task<Route> to_mx_hosts(std::string domain, std::vector<MxRecord> hosts, Duration ttl);
    Task<void> look_up(Found& found);
    std::optional<std::uint16_t> own_preference(const Found& found) const;
    bool is_refused(const Endpoint& endpoint) const;
    RemoteRoute to_hosts(const std::vector<Lookup>& hosts) const;
    Reply why_none(std::string_view domain, const std::vector<Lookup>& hosts, bool refused_some) const;

    Reactor& reactor_;
    Resolver& resolver_;
    const Settings& settings_;
    OwnHost own_;
};

}  // namespace cursus
