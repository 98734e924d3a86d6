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
#include <vector>

#include <re2/re2.h>

#include "config/settings.h"
#include "mail/destination.h"

namespace cursus {

// The forms a Destination has.
inline constexpr std::string_view local_destination = "local";
inline constexpr std::string_view route_prefix = "route:";    // then the name of a [[route]]
inline constexpr std::string_view domain_prefix = "domain:";  // then a domain or an address literal
// The same, where the first [[route]] that takes it has a table: only looking there says where it goes.
inline constexpr std::string_view table_route_prefix = "table-route:";
inline constexpr std::string_view lmtp_prefix = "lmtp:";  // then a host as parse_host() reads it

std::string route_name(const RouteSettings& route);  // its pattern, or its expression between slashes

// Finds the first [[route]] that takes a host, without walking through all of them but those with a regular
// expression.
class RouteTable {
public:
    explicit RouteTable(const std::vector<RouteSettings>& routes);
    // Index of the route in the settings, the first from `from` on. "*" takes address literals too; the other
    // patterns only domains.
    std::optional<std::size_t> find(const MailHost& host, std::size_t from = 0) const;

private:
    using Places = std::vector<std::size_t>;  // rising
    std::unordered_map<std::string, Places> exact_, suffix_;
    std::vector<std::pair<std::size_t, std::unique_ptr<const RE2>>> expressions_;
    Places any_;
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
    std::vector<Destination> by_route_;  // the destination of each; empty: a table knows
};

DestinationOf make_destination_of(const Settings& settings);  // holds what it needs

}  // namespace cursus
