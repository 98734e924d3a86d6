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

// RFC 5321 §4.5.1: the postmaster's name is taken in any case.
bool is_postmaster(std::string_view local_part) {
    constexpr std::string_view postmaster = "postmaster";
    return std::ranges::equal(local_part, postmaster, [](char given, char wanted) {
        return given == wanted || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == wanted);
    });
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
    : own_name_(settings.hostname.value().text()),
      relay_hosts_(settings.relay.hosts),
      local_domains_(names_of(settings.domains.local)),
      relay_domains_(names_of(settings.domains.relay)) {}

bool RelayInvariant::is_relay_host(const IpAddress& address) const {
    return std::ranges::any_of(relay_hosts_,
                               [&](const IpNetwork& network) { return network.contains(address); });
}

RelayRule RelayInvariant::decide(const RelayClient& client, const Mailbox& recipient) const {
    if (is_relay_host(client.address)) return RelayRule::RelayHost;
    if (client.is_authenticated) return RelayRule::Authenticated;
    if (client.shows_accepted_certificate) return RelayRule::Certificate;
    return decide_for_stranger(client, recipient);
}

RelayRule RelayInvariant::decide_for_stranger(const RelayClient& client, const Mailbox& recipient) const {
    const Domain* const domain = recipient.domain();
    if (domain == nullptr) {
        const bool is_ours = std::get<IpAddress>(recipient.host()) == client.server;
        return is_ours ? RelayRule::OwnAddress : RelayRule::Stranger;
    }
    if (local_domains_.contains(domain->text())) return RelayRule::LocalDomain;
    if (domain->text() == own_name_ && is_postmaster(recipient.local_part())) return RelayRule::OwnPostmaster;
    if (!relay_domains_.contains(domain->text())) return RelayRule::Stranger;
    // We may be a trusted client of the relay domain's host; if that host still routes by local part, a
    // stranger would relay through both of us.
    return looks_routed(recipient.local_part()) ? RelayRule::SenderRouted : RelayRule::RelayDomain;
}

}  // namespace cursus
