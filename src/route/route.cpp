#include "route/route.h"

#include <algorithm>

namespace cursus {

std::string site_key(const std::vector<std::vector<SiteHost>>& preferences) {
    std::string key;
    for (const auto& preference : preferences) {
        std::vector<std::string> names;
        for (const SiteHost& host : preference) names.push_back(host.name + ":" + std::to_string(host.port));
        std::ranges::sort(names);
        if (!key.empty()) key += ' ';
        for (std::size_t i = 0; i < names.size(); ++i) key += (i == 0 ? "" : ",") + names[i];
    }
    return key;
}

std::vector<IpAddress> address_order(std::vector<IpAddress> addresses, Random& random) {
    random.shuffle(addresses);
    std::vector<IpAddress> v6, v4, ordered;
    for (const IpAddress& address : addresses) (address.is_v4() ? v4 : v6).push_back(address);
    for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
        if (i < v6.size()) ordered.push_back(v6[i]);
        if (i < v4.size()) ordered.push_back(v4[i]);
    }
    return ordered;
}

std::vector<Candidate> trial_order(const RemoteRoute& route, Random& random) {
    std::vector<Candidate> candidates;
    for (auto hosts : route.preferences) {
        random.shuffle(hosts);
        for (const RemoteHost& host : hosts)
            for (const IpAddress& address : address_order(host.addresses, random)) {
                if (candidates.size() == candidates_max) return candidates;
                candidates.push_back({host.name, {address, host.port}});
            }
    }
    return candidates;
}

}  // namespace cursus
