#include "policy/relay.h"

#include <algorithm>
#include <utility>

namespace cursus {

namespace {

std::unordered_set<std::string> names_of(const std::vector<Domain>& domains) {
    std::unordered_set<std::string> names;
    for (const Domain& domain : domains) names.insert(domain.text());
    return names;
}

// The marks by which old mailers routed on beyond the domain: user%next@here, next!user@here,
// "user@next"@here.
bool looks_routed(std::string_view local_part) {
    return local_part.find_first_of("%!@") != std::string_view::npos;
}

}  // namespace

std::string_view name(RelayRule rule) {
    switch (rule) {
        case RelayRule::RelayHost:
            return "relay-host";
        case RelayRule::Authenticated:
            return "authenticated";
        case RelayRule::Certificate:
            return "certificate";
        case RelayRule::LocalDomain:
            return "local-domain";
        case RelayRule::OwnPostmaster:
            return "own-postmaster";
        case RelayRule::OwnAddress:
            return "own-address";
        case RelayRule::RelayDomain:
            return "relay-domain";
        case RelayRule::SenderRouted:
            return "sender-routed";
        case RelayRule::Stranger:
            return "relay-denied";
    }
    std::unreachable();
}

RelayInvariant::RelayInvariant(const Settings& settings)
    : relay_hosts_(settings.relay.hosts),
      destinations_(settings),
      relay_domains_(names_of(settings.domains.relay)) {}

bool RelayInvariant::is_relay_host(const IpAddress& address) const {
    return std::ranges::any_of(relay_hosts_,
                               [&](const IpNetwork& network) { return network.contains(address); });
}

std::optional<RelayRule> RelayInvariant::trust(const RelayClient& client) const {
    if (is_relay_host(client.address)) return RelayRule::RelayHost;
    if (client.is_authenticated) return RelayRule::Authenticated;
    if (client.shows_accepted_certificate) return RelayRule::Certificate;
    return std::nullopt;
}

RelayRule RelayInvariant::decide(const RelayClient& client, const Mailbox& recipient) const {
    const auto trusted = trust(client);
    return trusted ? *trusted : decide_for_stranger(recipient);
}

RelayRule RelayInvariant::decide_for_stranger(const Mailbox& recipient) const {
    switch (destinations_.locality(recipient)) {
        case Locality::Domain:
            return RelayRule::LocalDomain;
        case Locality::Address:
            return RelayRule::OwnAddress;
        case Locality::Postmaster:
            return RelayRule::OwnPostmaster;
        case Locality::Elsewhere:
            break;
    }
    const Domain* const domain = recipient.domain();
    if (domain == nullptr || !relay_domains_.contains(domain->text())) return RelayRule::Stranger;
    // We may be a trusted client of the relay domain's host; if that host still routes by local part, a
    // stranger would relay through both of us.
    return looks_routed(recipient.local_part()) ? RelayRule::SenderRouted : RelayRule::RelayDomain;
}

}  // namespace cursus
