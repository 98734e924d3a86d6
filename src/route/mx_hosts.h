// The hosts of a domain as DNS says: RFC 5321 §5.1.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"
#include "route/found_hosts.h"
#include "route/mx_list.h"

namespace cursus {

class MxHosts {
public:
    // What it refers to outlives it.
    MxHosts(const HostSearch& search, Resolver& resolver, const OwnHost& own, const Settings& settings);
    Task<Route> route(std::string domain) const;
    Task<Route> route_to_literal(std::string literal) const;  // "[192.0.2.1]", "[IPv6:2001:db8::1]"

private:
    Task<Route> route_to_hosts(std::string domain, std::vector<MxRecord> hosts, Duration ttl) const;
    std::optional<std::uint16_t> own_preference(const FoundHosts& found) const;
    Reach reach_of(const std::string& domain) const;
    // Says one of those that went.
    std::optional<IpAddress> drop_refused(FoundHosts& found, Reach reach) const;
    static Unroutable why_none(std::string_view domain, const FoundHosts& found,
                               const std::optional<IpAddress>& refused);

    const HostSearch& search_;
    Resolver& resolver_;
    const OwnHost& own_;
    const Settings& settings_;
    std::unordered_set<std::string> gateway_domains_;  // [domains] relay: their inner host may be private
};

}  // namespace cursus
