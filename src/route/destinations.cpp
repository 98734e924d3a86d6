#include "route/destinations.h"

#include <algorithm>

#include "base/text.h"

namespace cursus {

std::string route_name(const RouteSettings& route) {
    return route.expression.empty() ? route.pattern : "/" + route.expression + "/";
}

RouteTable::RouteTable(const std::vector<RouteSettings>& routes) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const RouteSettings& route = routes[i];
        if (!route.expression.empty()) {
            expressions_.emplace_back(i, std::make_unique<RE2>(route.expression, RE2::Quiet));
        } else if (route.pattern == "*") {
            any_.push_back(i);
        } else if (route.pattern.starts_with("*.")) {
            suffix_[route.pattern.substr(2)].push_back(i);
        } else {
            exact_[route.pattern].push_back(i);
        }
    }
}

std::optional<std::size_t> RouteTable::find(const MailHost& host, std::size_t from) const {
    std::optional<std::size_t> first;
    const auto consider = [&first, from](const Places& places) {
        const auto place = std::ranges::lower_bound(places, from);
        if (place != places.end()) first = std::min(first.value_or(*place), *place);
    };
    const auto consider_in = [&consider](const auto& table, const std::string& name) {
        const auto found = table.find(name);
        if (found != table.end()) consider(found->second);
    };
    consider(any_);
    const auto* domain = std::get_if<Domain>(&host);
    if (domain == nullptr) return first;
    consider_in(exact_, domain->text());
    std::string_view rest = domain->text();
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
        rest.remove_prefix(dot + 1);
        consider_in(suffix_, std::string(rest));
    }
    for (const auto& [place, expression] : expressions_) {
        if (place < from) continue;
        if (first && place > *first) break;
        if (RE2::FullMatch(domain->text(), *expression)) return place;
    }
    return first;
}

Destinations::Destinations(const Settings& settings) : routes_(settings.routes) {
    if (settings.local.mailbox.starts_with(lmtp_prefix)) lmtp_destination_ = settings.local.mailbox;
    if (settings.hostname) own_name_ = settings.hostname->text();
    for (const Domain& domain : settings.domains.local) local_domains_.insert(domain.text());
    for (const ListenerSettings& listener : settings.listeners)
        for (const ServiceAddress& address : listener.addresses) {
            const auto* endpoint = std::get_if<Endpoint>(&address);
            if (endpoint != nullptr && !endpoint->address.is_unspecified())
                own_addresses_.insert(endpoint->address);
        }
    for (const RouteSettings& route : settings.routes)
        by_route_.push_back(route.table.empty() ? Destination(route_prefix) + route_name(route)
                                                : Destination());
}

Locality Destinations::locality(const Mailbox& mailbox) const {
    const Domain* const domain = mailbox.domain();
    if (domain == nullptr) {
        const bool is_ours = own_addresses_.contains(std::get<IpAddress>(mailbox.host()));
        return is_ours ? Locality::Address : Locality::Elsewhere;
    }
    if (local_domains_.contains(domain->text())) return Locality::Domain;
    // In any case, RFC 5321 §4.5.1.
    const bool is_postmaster =
        domain->text() == own_name_ && equal_ignoring_case(mailbox.local_part(), "postmaster");
    return is_postmaster ? Locality::Postmaster : Locality::Elsewhere;
}

Destination Destinations::of(const Mailbox& mailbox, const Handling& handling) const {
    if (handling.target) {
        const bool is_mailbox = std::holds_alternative<MailboxTarget>(handling.target->what);
        return is_mailbox && !lmtp_destination_.empty() ? lmtp_destination_ : Destination(local_destination);
    }
    if (locality(mailbox) != Locality::Elsewhere) return Destination(local_destination);
    const auto route = routes_.find(mailbox.host());
    if (!route) return Destination(domain_prefix) + host_text(mailbox.host());
    if (by_route_[*route].empty()) return Destination(table_route_prefix) + host_text(mailbox.host());
    return by_route_[*route];
}

DestinationOf make_destination_of(const Settings& settings) {
    return
        [destinations = std::make_shared<const Destinations>(settings)](
            const Mailbox& mailbox, const Handling& handling) { return destinations->of(mailbox, handling); };
}

}  // namespace cursus
