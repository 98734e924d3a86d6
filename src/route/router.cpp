#include "route/router.h"

#include <algorithm>

#include <fmt/format.h>

#include "route/table_hosts.h"
#include "route/unroutable.h"

namespace cursus {

namespace {

std::string after_prefix(const Destination& destination, std::string_view prefix) {
    return destination.substr(std::min(prefix.size(), destination.size()));
}

std::optional<MailHost> parse_host_text(const std::string& text) {
    if (text.starts_with('[')) return as_address(text);
    auto domain = Domain::parse(text);
    if (!domain) return std::nullopt;
    return *std::move(domain);
}

}  // namespace

Router::Router(Resolver& resolver, const Settings& settings, const Tables& tables)
    : settings_(settings),
      tables_(tables),
      routes_(settings.routes),
      own_(settings),
      search_(resolver, own_),
      given_(search_, own_, settings),
      mx_(search_, resolver, own_, settings) {}

Task<Route> Router::route(Destination destination) const {
    if (destination == local_destination) co_return LocalRoute{};
    if (destination.starts_with(route_prefix))
        co_return co_await by_name(after_prefix(destination, route_prefix));
    if (destination.starts_with(table_route_prefix)) {
        Route found = co_await by_table(after_prefix(destination, table_route_prefix));
        if (auto* remote = std::get_if<RemoteRoute>(&found))
            remote->valid_for = std::min(remote->valid_for, table_answer_kept);
        co_return found;
    }
    if (destination.starts_with(lmtp_prefix))
        co_return co_await by_host(after_prefix(destination, lmtp_prefix));
    co_return co_await by_dns(after_prefix(destination, domain_prefix));
}

Task<Route> Router::by_name(std::string name) const {
    const auto settings = std::ranges::find(settings_.routes, name, route_name);
    if (settings == settings_.routes.end())
        co_return route_unusable(name, "the configuration no longer has it");
    co_return co_await by_settings(*settings);
}

Task<Route> Router::by_settings(const RouteSettings& settings) const {
    co_return co_await to_given(route_name(settings), settings.hosts, settings);
}

// Never permanent: the fault is in our configuration or in our DNS, not in the sender's address.
Task<Route> Router::to_given(std::string name, RouteHosts hosts, const RouteSettings& settings) const {
    auto route = co_await given_.route(std::move(hosts), settings.protocol, settings.terms);
    if (!route) co_return route_unusable(name, route.error());
    route->single_copy = settings.single_copy;
    co_return *std::move(route);
}

// The destination says that a table was to be asked first. The configuration may have changed since.
Task<Route> Router::by_table(std::string domain) const {
    const auto host = parse_host_text(domain);
    if (!host) co_return no_such_domain(domain);
    for (auto i = routes_.find(*host); i; i = routes_.find(*host, *i + 1)) {
        const RouteSettings& settings = settings_.routes[*i];
        if (settings.table.empty()) co_return co_await by_settings(settings);
        auto row = co_await look_up_hosts(tables_, settings.table, domain);
        if (!row) co_return route_unusable(domain, row.error());
        if (*row) {
            const std::string name = fmt::format("{} ({})", domain, (*row)->place);
            co_return co_await to_given(name, std::move((*row)->hosts), settings);
        }
    }
    co_return co_await by_dns(std::move(domain));
}

Task<Route> Router::by_host(std::string host) const {
    auto parsed = parse_host(host);
    if (!parsed) co_return route_unusable(host, parsed.error());
    RouteHosts hosts(1);
    hosts.front().push_back(*std::move(parsed));
    HostTerms usual;
    auto route = co_await given_.route(std::move(hosts), Dialect::Lmtp, std::move(usual));
    if (!route) co_return route_unusable(host, route.error());
    co_return *std::move(route);
}

Task<Route> Router::by_dns(std::string domain) const {
    if (domain.starts_with('[')) co_return co_await mx_.route_to_literal(std::move(domain));
    co_return co_await mx_.route(std::move(domain));
}

}  // namespace cursus
