#include "route/given_hosts.h"

#include <fmt/format.h>

#include "route/reach.h"

namespace cursus {

Task<Result<RemoteRoute, std::string>> GivenHosts::route(RouteHosts hosts, Dialect dialect,
                                                         HostTerms terms) const {
    FoundHosts found;
    std::uint16_t preference = 0;
    for (const auto& equals : hosts) {
        for (RouteHost host : equals) {
            auto* named = std::get_if<NamedHost>(&host);
            if (named != nullptr && named->port == 0)
                named->port = dialect == Dialect::Lmtp ? lmtp_port : settings_.delivery.port;
            found.hosts.push_back({preference, std::move(host), {}});
        }
        ++preference;
    }
    co_await search_.look_up(found);
    std::string why = "it names no host";
    drop_unusable(found, why);
    RemoteRoute route = route_to(found, dialect, Reach::Inside, terms);
    if (route.preferences.empty()) co_return failure(std::move(why));
    co_return route;
}

void GivenHosts::drop_unusable(FoundHosts& found, std::string& why) const {
    std::erase_if(found.hosts, [&](const FoundHost& host) {
        const auto* socket = std::get_if<LocalSocket>(&host.where);
        const bool is_own = socket != nullptr && own_.is_socket(*socket);
        if (is_own) why = text(*socket) + " is this program itself";
        return is_own;
    });
    for (FoundHost& host : found.hosts) {
        const auto* named = std::get_if<NamedHost>(&host.where);
        if (named == nullptr) continue;
        if (host.addresses.found.empty())
            why = fmt::format("{} has no address now {}", named->name, host.addresses.why);
        std::erase_if(host.addresses.found, [&](const IpAddress& address) {
            const bool is_own = own_.is_endpoint({address, named->port}, found.own.found);
            const bool is_nowhere = !may_reach(address, Reach::Inside, settings_.delivery);
            if (is_own) why = named->name + " is this host itself";
            if (is_nowhere) why = fmt::format("{} has the address {}", named->name, address.text());
            return is_own || is_nowhere;
        });
    }
}

}  // namespace cursus
