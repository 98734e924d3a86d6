#include "route/destinations.h"

#include "base/text.h"

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
    if (settings.local.mailbox.starts_with(lmtp_prefix)) lmtp_destination_ = settings.local.mailbox;
    if (settings.hostname) own_name_ = settings.hostname->text();
    for (const Domain& domain : settings.domains.local) local_domains_.insert(domain.text());
    for (const ListenerSettings& listener : settings.listeners)
        for (const Endpoint& endpoint : listener.addresses)
            if (!endpoint.address.is_unspecified()) own_addresses_.insert(endpoint.address);
    for (const RouteSettings& route : settings.routes) patterns_.push_back(route.pattern);
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
    if (route) return Destination(route_prefix) + patterns_[*route];
    return Destination(domain_prefix) + host_text(mailbox.host());
}

DestinationOf make_destination_of(const Settings& settings) {
    return
        [destinations = std::make_shared<const Destinations>(settings)](
            const Mailbox& mailbox, const Handling& handling) { return destinations->of(mailbox, handling); };
}

}  // namespace cursus
