#include "route/destinations.h"

namespace cursus {

RouteTable::RouteTable(const std::vector<RouteSettings>& routes) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const std::string& pattern = routes[i].pattern;
        if (pattern == "*") {
            if (!any_) any_ = i;
        } else if (pattern.starts_with("*.")) {
            suffix_.try_emplace(pattern.substr(2), i);
        } else {
            exact_.try_emplace(pattern, i);
        }
    }
}

std::optional<std::size_t> RouteTable::find(const MailHost& host) const {
    std::optional<std::size_t> first = any_;
    const auto consider = [&first](const auto& table, const std::string& name) {
        const auto found = table.find(name);
        if (found != table.end() && (!first || found->second < *first)) first = found->second;
    };
    const auto* domain = std::get_if<Domain>(&host);
    if (domain == nullptr) return first;
    consider(exact_, domain->text());
    std::string_view rest = domain->text();
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
        rest.remove_prefix(dot + 1);
        consider(suffix_, std::string(rest));
    }
    return first;
}

Destinations::Destinations(const Settings& settings) : routes_(settings.routes) {
    for (const Domain& domain : settings.domains.local) local_domains_.insert(domain.text());
    for (const ListenerSettings& listener : settings.listeners)
        for (const Endpoint& endpoint : listener.addresses)
            if (!endpoint.address.is_unspecified()) own_addresses_.insert(endpoint.address);
    for (const RouteSettings& route : settings.routes) patterns_.push_back(route.pattern);
}

bool Destinations::is_local(const MailHost& host) const {
    if (const auto* domain = std::get_if<Domain>(&host)) return local_domains_.contains(domain->text());
    return own_addresses_.contains(std::get<IpAddress>(host));
}

Destination Destinations::of(const Mailbox& mailbox) const {
    if (is_local(mailbox.host())) return Destination(local_destination);
    const auto route = routes_.find(mailbox.host());
    if (route) return Destination(route_prefix) + patterns_[*route];
    return Destination(domain_prefix) + host_text(mailbox.host());
}

DestinationOf make_destination_of(const Settings& settings) {
    return [destinations = std::make_shared<const Destinations>(settings)](const Mailbox& mailbox) {
        return destinations->of(mailbox);
    };
}

}  // namespace cursus
