#include "route/mx_hosts.h"

#include <algorithm>

#include "route/reach.h"
#include "route/unroutable.h"

namespace cursus {

MxHosts::MxHosts(const HostSearch& search, Resolver& resolver, const OwnHost& own, const Settings& settings)
    : search_(search), resolver_(resolver), own_(own), settings_(settings) {
    for (const Domain& domain : settings.domains.relay) gateway_domains_.insert(domain.text());
}

// The four answers that are not records are told apart: what failed for now never refuses mail.
Task<Route> MxHosts::route(std::string domain) const {
    const auto answer = co_await resolver_.resolve(domain, RecordType::Mx);
    switch (answer->status) {
        case DnsStatus::NxDomain:
            co_return no_such_domain(domain);
        case DnsStatus::Failed:
            co_return lookup_failed(domain, answer->why);
        case DnsStatus::Bogus:
            co_return lookup_bogus(domain);
        case DnsStatus::NoData: {
            std::vector<MxRecord> implicit{MxRecord{0, domain}};
            co_return co_await route_to_hosts(domain, std::move(implicit), answer->ttl);
        }
        case DnsStatus::Found:
            break;
    }
    MxList list = read_mx(answer->records);
    if (list.kind == MxKind::NullMx) co_return takes_no_mail(domain);
    if (list.kind == MxKind::Malformed) co_return lookup_failed(domain, "none of its MX records can be read");
    co_return co_await route_to_hosts(domain, std::move(list.hosts), answer->ttl);
}

Task<Route> MxHosts::route_to_hosts(std::string domain, std::vector<MxRecord> hosts, Duration ttl) const {
    // By name first, so that hosts beyond our own preference are not even looked up.
    const auto named = std::ranges::find_if(hosts, [&](const MxRecord& mx) { return own_.is_name(mx.host); });
    if (named != hosts.end()) drop_from(hosts, named->preference);
    if (hosts.empty()) co_return loops_back(domain);

    FoundHosts found;
    for (MxRecord& mx : hosts)
        found.hosts.push_back({mx.preference, NamedHost{std::move(mx.host), settings_.delivery.port}, {}});
    co_await search_.look_up(found);
    for (const FoundHost& host : found.hosts) ttl = std::min(ttl, host.addresses.ttl);
    if (const auto own = own_preference(found)) {
        std::erase_if(found.hosts, [&](const FoundHost& host) { return host.preference >= *own; });
        if (found.hosts.empty()) co_return loops_back(domain);
    }
    const Reach reach = reach_of(domain);
    const auto refused = drop_refused(found, reach);
    RemoteRoute route = route_to(found, Dialect::Smtp, reach);
    if (route.preferences.empty()) co_return why_none(domain, found, refused);
    route.valid_for = kept(ttl);
    co_return route;
}

Task<Route> MxHosts::route_to_literal(std::string literal) const {
    const auto address = as_address(literal);
    if (!address) co_return no_such_domain(literal);
    const Endpoint endpoint{*address, settings_.delivery.port};
    FoundHosts found;
    found.hosts.push_back({0, NamedHost{literal, endpoint.port}, {}});
    co_await search_.look_up(found);
    if (own_.is_endpoint(endpoint, found.own.found)) co_return loops_back(literal);
    if (!may_reach(*address, Reach::Usual, settings_.delivery)) co_return address_refused(literal, *address);
    co_return route_to(found, Dialect::Smtp, Reach::Usual);
}

// The best preference at which we stand ourselves: by one of our addresses, or by an alias of our name (which
// RFC 2181 §10.3 forbids there, and which is met all the same).
std::optional<std::uint16_t> MxHosts::own_preference(const FoundHosts& found) const {
    std::optional<std::uint16_t> own;
    for (const FoundHost& host : found.hosts) {
        const std::uint16_t port = std::get<NamedHost>(host.where).port;
        const bool is_own = own_.is_name(host.addresses.canonical_name) ||
                            std::ranges::any_of(host.addresses.found, [&](const IpAddress& address) {
                                return own_.is_endpoint({address, port}, found.own.found);
                            });
        if (is_own) own = std::min(own.value_or(host.preference), host.preference);
    }
    return own;
}

Reach MxHosts::reach_of(const std::string& domain) const {
    const bool is_beyond = gateway_domains_.contains(domain) && !settings_.delivery.private_addresses;
    return is_beyond ? Reach::Private : Reach::Usual;
}

std::optional<IpAddress> MxHosts::drop_refused(FoundHosts& found, Reach reach) const {
    std::optional<IpAddress> refused;
    for (FoundHost& host : found.hosts)
        std::erase_if(host.addresses.found, [&](const IpAddress& address) {
            if (may_reach(address, reach, settings_.delivery)) return false;
            refused = address;
            return true;
        });
    return refused;
}

// Permanent only when every lookup was answered for certain.
Unroutable MxHosts::why_none(std::string_view domain, const FoundHosts& found,
                             const std::optional<IpAddress>& refused) {
    for (const FoundHost& host : found.hosts) {
        const std::string name = host_name(host.where);
        if (host.addresses.was_bogus) return lookup_bogus(name);
        if (!host.addresses.is_certain) return lookup_failed(name, host.addresses.why);
    }
    if (refused) return address_refused(domain, *refused);
    return no_addresses(domain);
}

}  // namespace cursus
