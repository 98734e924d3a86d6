#include "policy/relay_warnings.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace cursus {

namespace {

// Wider than what one organisation is given: RFC 6177 has a /48 for a site, and 10.0.0.0/8 is the widest
// private network of IPv4.
constexpr unsigned v4_bits_min = 8, v6_bits_min = 32;

using Warnings = std::vector<std::string>;

bool is_v4(const IpNetwork& network) {
    return network.text().find(':') == std::string::npos;
}

void warn_of_width(const IpNetwork& network, std::string_view key, Warnings& warnings) {
    const bool is_wide = network.prefix_bits() < (is_v4(network) ? v4_bits_min : v6_bits_min);
    if (!is_wide) return;
    warnings.push_back(fmt::format("{}: {} is a good part of the Internet; list the networks that are yours",
                                   key, network.text()));
}

void warn_of_edges(const IpNetwork& network, std::string_view key, const NetworkEdges& edges,
                   Warnings& warnings) {
    for (const auto& [address, what] : edges.edges) {
        if (!network.contains(address)) continue;
        warnings.push_back(
            fmt::format("{}: {} holds {}, {}; if it translates addresses (NAT), whoever comes through it "
                        "counts as it: list the hosts behind it one by one, without it",
                        key, network.text(), address.text(), what));
    }
}

// A balancer that is trusted to say who the client is speaks for itself as well, and a restated client has no
// more than it says: but then the list of relay hosts is the balancer's to fill.
void warn_of_speakers(const Settings& settings, Warnings& warnings) {
    const auto& hosts = settings.relay.hosts;
    const auto warn_of = [&](const ListenerSettings& listener, const std::vector<IpNetwork>& speakers,
                             std::string_view key, std::string_view advice) {
        for (const IpNetwork& speaker : speakers) {
            const auto is_shared = [&speaker](const IpNetwork& network) { return network.overlaps(speaker); };
            const auto trusted = std::ranges::find_if(hosts, is_shared);
            if (trusted == hosts.end()) continue;
            warnings.push_back(
                fmt::format("listener \"{}\": {} is in {}, and [relay] hosts has {}: what it passes on "
                            "without saying for whom may be sent anywhere; {}write [relay] hosts without it",
                            listener.name, speaker.text(), key, trusted->text(), advice));
        }
    };
    for (const auto& listener : settings.listeners) {
        warn_of(listener, listener.proxies, "proxies", "");
        warn_of(listener, listener.xclient, "xclient", "see that it says XCLIENT for every client, or ");
    }
}

// Who thinks of IPv4 alone has often let everybody in by the other door.
void warn_of_ipv6(const Settings& settings, Warnings& warnings) {
    for (const IpNetwork& network : settings.relay.hosts) {
        constexpr unsigned link_bits = 64;
        const bool is_wider = !is_v4(network) && network.prefix_bits() >= v6_bits_min &&
                              network.prefix_bits() < link_bits && !network.text().starts_with("f");
        if (!is_wider) continue;
        warnings.push_back(
            fmt::format("[relay] hosts: {} has every host of {} links of IPv6, with addresses that "
                        "they choose themselves; is all of it yours?",
                        network.text(),
                        link_bits - network.prefix_bits() > 16
                            ? std::string("more than 65536")
                            : fmt::format("{}", 1U << (link_bits - network.prefix_bits()))));
    }
}

}  // namespace

std::vector<std::string> relay_warnings(const Settings& settings, const NetworkEdges& network) {
    Warnings warnings;
    for (const IpNetwork& trusted : settings.relay.hosts) {
        warn_of_width(trusted, "[relay] hosts", warnings);
        warn_of_edges(trusted, "[relay] hosts", network, warnings);
    }
    for (const auto& listener : settings.listeners) {
        for (const IpNetwork& trusted : listener.xclient)
            warn_of_width(trusted, "listener \"" + listener.name + "\" xclient", warnings);
        for (const IpNetwork& trusted : listener.proxies)
            warn_of_width(trusted, "listener \"" + listener.name + "\" proxies", warnings);
    }
    warn_of_ipv6(settings, warnings);
    warn_of_speakers(settings, warnings);
    return warnings;
}

}  // namespace cursus
