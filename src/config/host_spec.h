// How a host that takes mail is written: "mx.example.org:25", "10.1.1.4", "[2001:db8::1]:24",
// "unix:/run/dovecot/lmtp".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/service_address.h"

namespace cursus {

struct NamedHost {
    std::string name;        // a domain name or an address in text form, lower case
    std::uint16_t port = 0;  // 0: the usual one of the protocol
    friend bool operator==(const NamedHost&, const NamedHost&) = default;
};
using RouteHost = std::variant<NamedHost, LocalSocket>;
using RouteHosts = std::vector<std::vector<RouteHost>>;  // by preference; those of one are equally good

inline constexpr std::size_t route_hosts_max = 20;  // of one route

// The error says what is wrong with `text`.
Result<RouteHost, std::string> parse_host(std::string_view text);

// The hosts of a table's row: commas part preferences, spaces hosts that are equally good, as in
// "mx1.example:25 mx2.example, backup.example".
Result<RouteHosts, std::string> parse_hosts(std::string_view text);

std::string host_name(const RouteHost& host);  // as events and log call it

}  // namespace cursus
