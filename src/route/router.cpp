#include "route/router.h"

#include <algorithm>

#include "route/unroutable.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

Duration kept(Duration ttl) {
    return std::clamp(ttl, route_kept_min, route_kept_max);
}

}  // namespace

Router::Router(Reactor& reactor, Resolver& resolver, const Settings& settings)
    : reactor_(reactor), resolver_(resolver), settings_(settings), own_(settings) {}

Task<Route> Router::route(Destination destination) {
    if (destination == local_destination) co_return LocalRoute{};
    if (destination.starts_with(route_prefix))
        co_return co_await by_route(destination.substr(route_prefix.size()));
    std::string host = destination.substr(std::min(domain_prefix.size(), destination.size()));
    if (host.starts_with('[')) co_return co_await to_literal(std::move(host));
    co_return co_await by_mx(std::move(host));
}

Task<Route> Router::by_route(std::string pattern) {
    const auto settings = std::ranges::find(settings_.routes, pattern, &RouteSettings::pattern);
    if (settings == settings_.routes.end())
        co_return Unroutable{route_unusable(pattern, "the configuration no longer has it")};
    Found found;
    std::vector<std::vector<SiteHost>> names;
    for (std::size_t i = 0; i < settings->hosts.size(); ++i) {
        auto& preference = names.emplace_back();
        for (const RouteHost& host : settings->hosts[i]) {
            const std::uint16_t port = host.port == 0 ? settings_.delivery.port : host.port;
            found.hosts.push_back({{static_cast<std::uint16_t>(i), host.name}, port, {}});
            preference.push_back({host.name, port});
        }
    }
    co_await look_up(found);
    std::string why = "it names no host";
    for (Lookup& host : found.hosts) {
        if (host.addresses.found.empty()) why = host.host.host + " has no address now " + host.addresses.why;
        // The operator may send to loopback (a filter on this host), never to the program itself.
        std::erase_if(host.addresses.found, [&](const IpAddress& address) {
            const bool is_own = own_.is_endpoint({address, host.port}, found.own.found);
            if (is_own) why = host.host.host + " is this host itself";
            return is_own || address.is_unspecified();
        });
    }
    RemoteRoute route = to_hosts(found.hosts);
    // Never permanent: the fault is in our configuration or in our DNS, not in the sender's address.
    if (route.preferences.empty()) co_return Unroutable{route_unusable(pattern, why)};
    route.site = site_key(names);
    route.single_copy = settings->single_copy;
    co_return route;
}

Task<Route> Router::to_literal(std::string literal) {
    const auto address = as_address(literal);
    if (!address) co_return Unroutable{no_such_domain(literal)};
    const std::uint16_t port = settings_.delivery.port;
    Found found;
    found.hosts.push_back({{0, literal}, port, {}});
    co_await look_up(found);
    const Endpoint endpoint{*address, port};
    if (is_refused(endpoint) || own_.is_endpoint(endpoint, found.own.found))
        co_return Unroutable{loops_back(literal)};
    RemoteRoute route = to_hosts(found.hosts);
    route.site = site_key({{{literal, port}}});
    co_return route;
}

// RFC 5321 §5.1; the four answers that are not records are told apart, D4: what failed for now never refuses
// mail.
Task<Route> Router::by_mx(std::string domain) {
    const auto answer = co_await resolver_.resolve(domain, RecordType::Mx);
    switch (answer->status) {
        case DnsStatus::NxDomain:
            co_return Unroutable{no_such_domain(domain)};
        case DnsStatus::Failed:
            co_return Unroutable{lookup_failed(domain, answer->why)};
        case DnsStatus::Bogus:
            co_return Unroutable{lookup_bogus(domain)};
        case DnsStatus::NoData: {
            std::vector<MxRecord> implicit{MxRecord{0, domain}};
            co_return co_await to_mx_hosts(domain, std::move(implicit), answer->ttl);
        }
        case DnsStatus::Found:
            break;
    }
    MxList list = read_mx(answer->records);
    if (list.kind == MxKind::NullMx) co_return Unroutable{takes_no_mail(domain)};
    if (list.kind == MxKind::Malformed)
        co_return Unroutable{lookup_failed(domain, "none of its MX records can be read")};
    co_return co_await to_mx_hosts(domain, std::move(list.hosts), answer->ttl);
}

Task<Route> Router::to_mx_hosts(std::string domain, std::vector<MxRecord> hosts, Duration ttl) {
    // By name first, so that hosts beyond our own preference are not even looked up.
    const auto named = std::ranges::find_if(hosts, [&](const MxRecord& mx) { return own_.is_name(mx.host); });
    if (named != hosts.end()) drop_from(hosts, std::uint16_t{named->preference});
    if (hosts.empty()) co_return Unroutable{loops_back(domain)};

    Found found;
    for (MxRecord& mx : hosts) found.hosts.push_back({std::move(mx), settings_.delivery.port, {}});
    co_await look_up(found);
    for (const Lookup& host : found.hosts) ttl = std::min(ttl, host.addresses.ttl);
    if (const auto own = own_preference(found)) {
        std::erase_if(found.hosts, [&](const Lookup& host) { return host.host.preference >= *own; });
        if (found.hosts.empty()) co_return Unroutable{loops_back(domain)};
    }

    std::vector<std::vector<SiteHost>> names;
    bool refused_some = false;
    for (std::size_t i = 0; i < found.hosts.size(); ++i) {
        Lookup& host = found.hosts[i];
        if (i == 0 || host.host.preference != found.hosts[i - 1].host.preference) names.emplace_back();
        names.back().push_back({host.host.host, host.port});
        const auto refused = std::erase_if(
            host.addresses.found, [&](const IpAddress& address) { return is_refused({address, host.port}); });
        refused_some |= refused != 0;
    }
    RemoteRoute route = to_hosts(found.hosts);
    if (route.preferences.empty()) co_return Unroutable{why_none(domain, found.hosts, refused_some)};
    route.site = site_key(names);
    route.valid_for = kept(ttl);
    co_return route;
}

// All hosts at once: twenty of them behind a slow server would otherwise be twenty waits in a row.
Task<void> Router::look_up(Found& found) {
    TaskGroup lookups(reactor_.executor());
    for (Lookup& host : found.hosts)
        lookups.spawn(look_up_addresses(resolver_, host.host.host, host.addresses));
    if (own_.listens_everywhere() && !own_.name().empty())
        lookups.spawn(look_up_addresses(resolver_, own_.name(), found.own));
    co_await lookups.join();
}

// The best preference at which one of our own addresses stands.
std::optional<std::uint16_t> Router::own_preference(const Found& found) const {
    std::optional<std::uint16_t> own;
    for (const Lookup& host : found.hosts)
        for (const IpAddress& address : host.addresses.found)
            if (own_.is_endpoint({address, host.port}, found.own.found))
                own = std::min(own.value_or(host.host.preference), host.host.preference);
    return own;
}

// What the records of a stranger must not make us connect to.
bool Router::is_refused(const Endpoint& endpoint) const {
    if (endpoint.address.is_unspecified()) return true;
    return endpoint.address.is_loopback() && !settings_.delivery.loopback;
}

RemoteRoute Router::to_hosts(const std::vector<Lookup>& hosts) const {
    RemoteRoute route;
    std::optional<std::uint16_t> preference;
    for (const Lookup& host : hosts) {
        if (host.addresses.found.empty()) continue;
        if (preference != host.host.preference) route.preferences.emplace_back();
        preference = host.host.preference;
        route.preferences.back().push_back({host.host.host, host.port, host.addresses.found});
    }
    route.valid_for = route_kept_max;
    for (const Lookup& host : hosts) route.valid_for = std::min(route.valid_for, kept(host.addresses.ttl));
    return route;
}

// Permanent only when every lookup was answered for certain.
Reply Router::why_none(std::string_view domain, const std::vector<Lookup>& hosts, bool refused_some) const {
    for (const Lookup& host : hosts) {
        if (host.addresses.was_bogus) return lookup_bogus(host.host.host);
        if (!host.addresses.is_certain) return lookup_failed(host.host.host, host.addresses.why);
    }
    return refused_some ? loops_back(domain) : no_addresses(domain);
}

}  // namespace cursus
