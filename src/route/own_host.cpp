#include "route/own_host.h"

#include <algorithm>

namespace cursus {

OwnHost::OwnHost(const Settings& settings) {
    if (settings.hostname) name_ = settings.hostname->text();
    for (const ListenerSettings& listener : settings.listeners)
        for (const ServiceAddress& address : listener.addresses) {
            const auto* endpoint = std::get_if<Endpoint>(&address);
            if (endpoint == nullptr)
                sockets_.insert(std::get<LocalSocket>(address).path);
            else if (endpoint->address.is_unspecified())
                wildcard_ports_.insert(endpoint->port);
            else
                endpoints_.push_back(*endpoint);
        }
}

bool OwnHost::is_endpoint(const Endpoint& endpoint, const std::vector<IpAddress>& named) const {
    if (std::ranges::find(endpoints_, endpoint) != endpoints_.end()) return true;
    if (!wildcard_ports_.contains(endpoint.port)) return false;
    return endpoint.address.is_loopback() || std::ranges::find(named, endpoint.address) != named.end();
}

}  // namespace cursus
