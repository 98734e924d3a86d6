#include "policy/callout_target.h"

#include <algorithm>

namespace cursus {

namespace {

// Callouts speak in the clear and log in nowhere. Where the operator demands more for mail, they are not to
// say there whom it is for.
bool can_be_asked(const Candidate& where) {
    const auto* endpoint = std::get_if<Endpoint>(&where.address);
    if (endpoint == nullptr) return true;  // a local socket: nobody is in between
    const bool has_implicit_tls = endpoint->port == implicit_tls_port && where.dialect == Dialect::Smtp &&
                                  where.terms.tls != RouteTls::None;
    return may_go_without(where.terms.tls) && where.terms.username.empty() && !has_implicit_tls;
}

}  // namespace

CalloutTargets::CalloutTargets(const Router& router, const Destinations& destinations,
                               const Settings& settings)
    : router_(router), destinations_(destinations), settings_(settings) {
    for (const Domain& domain : settings.domains.relay) relay_domains_.insert(domain.text());
}

// For a domain that this host is a gateway of, MX records name this host. For others a special route says how
// mail leaves here: a smarthost could not tell whom a stranger's domain knows.
std::optional<CalloutTarget> CalloutTargets::target_of(const Mailbox& address, CalloutSubject subject) const {
    if (destinations_.locality(address) != Locality::Elsewhere) return std::nullopt;
    const Domain* const domain = address.domain();
    const bool is_relayed = domain != nullptr && relay_domains_.contains(domain->text());
    if (is_relayed) return CalloutTarget{destinations_.of(address, {}), CalloutOwner::Relayed};
    if (subject == CalloutSubject::Recipient) return CalloutTarget{destinations_.of(address, {})};
    return CalloutTarget{Destination(domain_prefix) + host_text(address.host())};
}

Task<Result<std::vector<CalloutHost>, std::string>> CalloutTargets::hosts(Destination destination,
                                                                          Random& random) const {
    Route route = co_await router_.route(std::move(destination));
    if (const auto* nowhere = std::get_if<Unroutable>(&route)) co_return failure(nowhere->reply.text());
    const auto* remote = std::get_if<RemoteRoute>(&route);
    if (remote == nullptr) co_return failure(std::string("Its mail stays on this host"));
    std::vector<CalloutHost> hosts;
    for (Candidate& candidate : trial_order(*remote, random)) {
        if (hosts.size() == callout_hosts_max) break;
        if (!can_be_asked(candidate)) continue;
        const auto& best = remote->preferences.front();
        const bool is_best = std::ranges::find(best, candidate.host, &RemoteHost::name) != best.end();
        hosts.push_back({std::move(candidate), is_best});
    }
    if (hosts.empty())
        co_return failure(
            std::string("The route of its mail demands TLS or a login, which callouts do not speak"));
    co_return hosts;
}

}  // namespace cursus
