// From a destination to hosts: special routes, address literals, and the MX records of everything else.
#pragma once

#include <string>

#include "config/settings.h"
#include "mail/destination.h"
#include "route/destinations.h"
#include "route/found_hosts.h"
#include "route/given_hosts.h"
#include "route/mx_hosts.h"
#include "route/own_host.h"
#include "route/route.h"
#include "runtime/resolver.h"
#include "runtime/table.h"

namespace cursus {

// Nobody says how long a table's answer is good.
inline constexpr Duration table_answer_kept = std::chrono::minutes{1};

class Router {
public:
    // Asks DNS and tables every time (the resolver caches). What it refers to outlives it. Any reactor.
    Router(Resolver& resolver, const Settings& settings, const Tables& tables);
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    Task<Route> route(Destination destination) const;

private:
    Task<Route> by_name(std::string name) const;
    Task<Route> by_table(std::string domain) const;
    Task<Route> by_host(std::string host) const;
    Task<Route> by_dns(std::string domain) const;
    Task<Route> by_settings(const RouteSettings& settings) const;
    Task<Route> to_given(std::string name, RouteHosts hosts, const RouteSettings& settings) const;

    const Settings& settings_;
    const Tables& tables_;
    RouteTable routes_;
    OwnHost own_;
    HostSearch search_;
    GivenHosts given_;
    MxHosts mx_;
};

}  // namespace cursus
