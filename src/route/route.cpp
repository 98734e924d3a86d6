#include "route/route.h"

#include <algorithm>

namespace cursus {

namespace {

std::string name_with_port(const RouteHost& host) {
    const auto* named = std::get_if<NamedHost>(&host);
    return named != nullptr ? named->name + ":" + std::to_string(named->port) : host_name(host);
}

// Only the configuration leads to LMTP: there is no stranger to keep apart.
std::string_view reach_text(Dialect dialect, Reach reach) {
    if (dialect == Dialect::Lmtp || reach == Reach::Usual) return {};
    return reach == Reach::Private ? " reach=private" : " reach=inside";
}

bool is_v6(const ServiceAddress& address) {
    const auto* endpoint = std::get_if<Endpoint>(&address);
    return endpoint != nullptr && !endpoint->address.is_v4();
}

}  // namespace

Duration kept(Duration ttl) {
    return std::clamp(ttl, route_kept_min, route_kept_max);
}

std::string site_key(const RouteHosts& preferences, Dialect dialect, const HostTerms& terms, Reach reach) {
    std::string key;
    for (const auto& preference : preferences) {
        std::vector<std::string> names;
        for (const RouteHost& host : preference) names.push_back(name_with_port(host));
        std::ranges::sort(names);
        if (!key.empty()) key += ' ';
        for (std::size_t i = 0; i < names.size(); ++i) key += (i == 0 ? "" : ",") + names[i];
    }
    if (const std::string text = terms_text(terms); !text.empty()) key += ' ' + text;
    key += reach_text(dialect, reach);
    return dialect == Dialect::Lmtp ? "lmtp:" + key : key;
}

std::vector<ServiceAddress> address_order(std::vector<ServiceAddress> addresses, Random& random) {
    random.shuffle(addresses);
    std::vector<ServiceAddress> v6, others, ordered;
    for (const ServiceAddress& address : addresses) (is_v6(address) ? v6 : others).push_back(address);
    for (std::size_t i = 0; i < std::max(v6.size(), others.size()); ++i) {
        if (i < v6.size()) ordered.push_back(v6[i]);
        if (i < others.size()) ordered.push_back(others[i]);
    }
    return ordered;
}

std::vector<Candidate> trial_order(const RemoteRoute& route, Random& random) {
    std::vector<Candidate> candidates;
    for (auto hosts : route.preferences) {
        random.shuffle(hosts);
        for (const RemoteHost& host : hosts)
            for (const ServiceAddress& address : address_order(host.addresses, random)) {
                if (candidates.size() == candidates_max) return candidates;
                candidates.push_back({host.name, address, route.dialect, route.terms});
            }
    }
    return candidates;
}

}  // namespace cursus
