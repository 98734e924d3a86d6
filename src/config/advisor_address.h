// How a program that is asked within the session is written: "policy:127.0.0.1:10023",
// "policy:unix:/run/postgrey.sock", "https://policy.example/check", "http://unix:/run/hook.sock:/check".
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/http_url.h"
#include "base/result.h"
#include "base/service_address.h"

namespace cursus {

inline constexpr std::size_t policy_servers_max = 8;

// Servers of Postfix's policy delegation protocol that do the same work, in the order of preference.
struct PolicyServers {
    std::vector<ServiceAddress> servers;
    friend auto operator<=>(const PolicyServers&, const PolicyServers&) = default;
};

// An URL is that of a hook.
using AdvisorAddress = std::variant<PolicyServers, HttpUrl>;

// Commas part servers: "policy:127.0.0.1:10023,127.0.0.2:10023". The error is a sentence.
Result<AdvisorAddress, std::string> parse_advisor_address(std::string_view text);

std::string text(const AdvisorAddress& address);          // as it is written
std::string advisor_name(const AdvisorAddress& address);  // for people: without what an URL keeps secret

}  // namespace cursus
