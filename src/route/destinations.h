// From the configuration and an address alone to where its mail is due: no DNS, so the same answer at every
// instant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "config/settings.h"
#include "mail/destination.h"

namespace cursus {

// The forms a Destination has.
inline constexpr std::string_view local_destination = "local";
inline constexpr std::string_view route_prefix = "route:";    // then the pattern of a [[route]]
inline constexpr std::string_view lmtp_prefix = "lmtp:";      // then the host of [local] mailbox
inline constexpr std::string_view domain_prefix = "domain:";  // then a domain or an address literal

// Finds the first [[route]] that takes a host, without walking through all of them.
class RouteTable {
public:
    explicit RouteTable(const std::vector<RouteSettings>& routes);
    // Index of the route in the settings. "*" takes address literals too; the other patterns only domains.
    std::optional<std::size_t> find(const MailHost& host) const;

private:
    std::unordered_map<std::string, std::size_t> exact_, suffix_;  // the first route of each pattern
    std::optional<std::size_t> any_;
};

// By what an address belongs to this host.
enum class Locality : std::uint8_t {
    Elsewhere,
    Domain,      // it is in [domains] local
    Address,     // an address literal that a listener has: a wildcard listener does not say which are ours
    Postmaster,  // postmaster at this host's own name, RFC 5321 §4.5.1
};

// What is local first, then special routes, then the domain itself. Pure, thread-safe.
class Destinations {
public:
    explicit Destinations(const Settings& settings);
    Destination of(const Mailbox& mailbox, const Handling& handling) const;
    Locality locality(const Mailbox& mailbox) const;

private:
    std::string own_name_, lmtp_destination_;  // the latter empty unless mailboxes are reached by LMTP
    std::unordered_set<std::string> local_domains_;
    std::unordered_set<IpAddress> own_addresses_;
    RouteTable routes_;
    std::vector<std::string> patterns_;
};

DestinationOf make_destination_of(const Settings& settings);  // holds what it needs

}  // namespace cursus
