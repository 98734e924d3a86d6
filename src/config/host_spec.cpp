#include "config/host_spec.h"

#include <fmt/format.h>

#include "base/ip.h"
#include "mail/domain.h"

namespace cursus {
namespace {

// The text up to `separator`, which is taken off `rest` with it.
std::string_view cut(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

}  // namespace

Result<RouteHost, std::string> parse_host(std::string_view text) {
    if (text.starts_with(local_socket_prefix)) return parse_local_socket(text);
    if (const auto endpoint = Endpoint::parse(text); endpoint && endpoint->port != 0)
        return NamedHost{endpoint->address.text(), endpoint->port};
    std::string_view address = text;
    if (text.starts_with('[') && text.ends_with(']')) address = text.substr(1, text.size() - 2);
    if (const auto parsed = IpAddress::parse(address)) return NamedHost{parsed->text(), 0};
    std::string_view name = text;
    std::uint16_t port = 0;
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        port = parse_port(text.substr(colon + 1)).value_or(0);
        if (port == 0)
            return failure(fmt::format("\"{}\": there is no port behind the colon; write \"host:25\"", text));
        name = text.substr(0, colon);
    }
    const auto domain = Domain::parse(name);
    if (!domain) return failure(fmt::format("\"{}\" is not a host: {}", name, domain.error()));
    return NamedHost{domain->text(), port};
}

Result<RouteHosts, std::string> parse_hosts(std::string_view text) {
    RouteHosts hosts;
    std::size_t count = 0;
    for (std::string_view rest = text; !rest.empty();) {
        std::vector<RouteHost> equals;
        for (std::string_view preference = cut(rest, ','); !preference.empty();) {
            const auto word = cut(preference, ' ');
            if (word.empty()) continue;
            if (++count > route_hosts_max)
                return failure(fmt::format("there are more than {} hosts", route_hosts_max));
            TRY(host, parse_host(word));
            equals.push_back(std::move(host));
        }
        if (!equals.empty()) hosts.push_back(std::move(equals));
    }
    if (hosts.empty()) return failure(std::string("it names no host; write \"mx1.example:25, mx2.example\""));
    return hosts;
}

std::string host_name(const RouteHost& host) {
    if (const auto* named = std::get_if<NamedHost>(&host)) return named->name;
    return text(std::get<LocalSocket>(host));
}

}  // namespace cursus
