#include "route/found_hosts.h"

#include <algorithm>

#include "runtime/run_later.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

std::vector<ServiceAddress> addresses_of(const FoundHost& host) {
    if (const auto* socket = std::get_if<LocalSocket>(&host.where)) return {*socket};
    const std::uint16_t port = std::get<NamedHost>(host.where).port;
    std::vector<ServiceAddress> addresses;
    for (const IpAddress& address : host.addresses.found) addresses.emplace_back(Endpoint{address, port});
    return addresses;
}

}  // namespace

Task<void> HostSearch::look_up(FoundHosts& found) const {
    Executor here = co_await this_executor();
    TaskGroup lookups(std::move(here));
    for (FoundHost& host : found.hosts)
        if (const auto* named = std::get_if<NamedHost>(&host.where))
            lookups.spawn(look_up_addresses(resolver_, named->name, host.addresses));
    if (own_.listens_everywhere() && !own_.name().empty())
        lookups.spawn(look_up_addresses(resolver_, own_.name(), found.own));
    co_await lookups.join();
}

RemoteRoute route_to(const FoundHosts& found, Dialect dialect, Reach reach, const HostTerms& terms) {
    RemoteRoute route;
    route.dialect = dialect;
    route.terms = terms;
    route.valid_for = route_kept_max;
    RouteHosts names;
    std::optional<std::uint16_t> named, reached;
    for (const FoundHost& host : found.hosts) {
        if (named != host.preference) names.emplace_back();
        named = host.preference;
        names.back().push_back(host.where);
        route.valid_for = std::min(route.valid_for, kept(host.addresses.ttl));
        auto addresses = addresses_of(host);
        if (addresses.empty()) continue;
        if (reached != host.preference) route.preferences.emplace_back();
        reached = host.preference;
        route.preferences.back().push_back({host_name(host.where), std::move(addresses)});
    }
    route.site = site_key(names, dialect, terms, reach);
    return route;
}

}  // namespace cursus
