#include "config/parsers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>
#include <algorithm>

#include "base/text.h"

namespace cursus {
namespace {

using Parsed = Result<void, std::string>;

template <class T, class Print>
std::string shown_list(const std::vector<T>& values, Print print) {
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back('"' + print(value) + '"');
    return fmt::format("[{}]", fmt::join(texts, ", "));
}

// A list option over values that `parse` makes of texts.
template <class T, class Print, class Parse>
Option values_option(std::string key, std::vector<T>& field, const std::string& syntax, std::string help,
                     Print print, const Parse& parse) {
    return list_option(
        std::move(key), "a list of " + syntax, std::move(help), shown_list(field, print),
        [&field] { field.clear(); },
        [&field, parse](const std::string& text) -> Parsed {
            TRY(value, parse(text));
            field.push_back(std::move(value));
            return {};
        });
}

template <class T, class Parse>
Option value_option(std::string key, std::optional<T>& field, std::string syntax, std::string help,
                    Parse parse) {
    return parsed_option(std::move(key), std::move(syntax), std::move(help), field ? field->text() : "none",
                         [&field, parse](const std::string& text) -> Parsed {
                             TRY(value, parse(text));
                             field = std::move(value);
                             return {};
                         });
}

Result<Domain, std::string> parse_domain(const std::string& text) {
    auto domain = Domain::parse(text);
    if (!domain) return failure(fmt::format("\"{}\" is not a domain name: {}", text, domain.error()));
    return domain;
}

Result<IpNetwork, std::string> parse_network(const std::string& text) {
    const auto network = IpNetwork::parse(text);
    if (!network) {
        return failure(
            fmt::format("\"{}\" is not a network; write an address or \"192.0.2.0/24\", \"2001:db8::/32\", "
                        "with no bits set behind the prefix",
                        text));
    }
    return *network;
}

Result<Duration, std::string> parse_duration_within(const std::string& text, Bounds<Duration> bounds) {
    TRY(duration, parse_duration(text));
    if (duration < bounds.least || duration > bounds.most) {
        return failure(fmt::format("\"{}\" is out of range; write \"{}\" to \"{}\"", text,
                                   duration_text(bounds.least), duration_text(bounds.most)));
    }
    return duration;
}

std::string shown_hosts(const RouteHosts& hosts) {
    return hosts.empty() ? "none; it must be given" : fmt::format("{} preferences", hosts.size());
}

}  // namespace

Option domain_option(std::string key, std::optional<Domain>& field, std::string help) {
    return value_option(std::move(key), field, "a domain name", std::move(help), parse_domain);
}

Option domain_list_option(std::string key, std::vector<Domain>& field, std::string help) {
    return values_option(
        std::move(key), field, "domain names", std::move(help), [](const Domain& d) { return d.text(); },
        parse_domain);
}

Option network_list_option(std::string key, std::vector<IpNetwork>& field, std::string help) {
    return values_option(
        std::move(key), field, "networks", std::move(help), [](const IpNetwork& n) { return n.text(); },
        parse_network);
}

Option endpoint_option(std::string key, std::optional<Endpoint>& field, std::string help) {
    return value_option(std::move(key), field, "an address with a port", std::move(help), parse_endpoint);
}

Option service_address_list_option(std::string key, std::vector<ServiceAddress>& field, std::string help) {
    return values_option(
        std::move(key), field, "addresses with ports, or \"unix:/path\"", std::move(help),
        [](const ServiceAddress& address) { return text(address); }, parse_service_address);
}

Option address_option(std::string key, std::optional<IpAddress>& field, Family family, std::string help) {
    const bool wants_v4 = family == Family::V4;
    return value_option(
        std::move(key), field, wants_v4 ? "an IPv4 address" : "an IPv6 address", std::move(help),
        [wants_v4](const std::string& text) -> Result<IpAddress, std::string> {
            const auto address = IpAddress::parse(text);
            if (!address || address->is_v4() != wants_v4) {
                return failure(fmt::format("\"{}\" is not an {} address", text, wants_v4 ? "IPv4" : "IPv6"));
            }
            return *address;
        });
}

Option duration_list_option(std::string key, std::vector<Duration>& field, Bounds<Duration> bounds,
                            std::string help) {
    return values_option(std::move(key), field, "durations", std::move(help), duration_text,
                         [bounds](const std::string& text) { return parse_duration_within(text, bounds); });
}

Option optional_duration_option(std::string key, std::optional<Duration>& field, Bounds<Duration> bounds,
                                std::string help) {
    return parsed_option(
        std::move(key),
        fmt::format("a duration, {} to {}", duration_text(bounds.least), duration_text(bounds.most)),
        std::move(help), "none", [&field, bounds](const std::string& text) -> Parsed {
            TRY(duration, parse_duration_within(text, bounds));
            field = duration;
            return {};
        });
}

Option dns_servers_option(std::string key, DnsSettings& settings, std::string help) {
    return list_option(
        std::move(key), "a list of addresses with ports, or \"recursive\"", std::move(help), "the system's",
        [&settings] {
            settings.servers.clear();
            settings.recursive = false;
        },
        [&settings](const std::string& text) -> Parsed {
            if (text == "recursive") {
                settings.recursive = true;
                return {};
            }
            if (const auto address = IpAddress::parse(text)) {
                settings.servers.push_back({*address, 53});
                return {};
            }
            TRY(endpoint, parse_endpoint(text));
            settings.servers.push_back(endpoint);
            return {};
        });
}

Option pattern_option(std::string key, std::string& field, std::string help) {
    return parsed_option(std::move(key), "a domain name, \"*.suffix\" or \"*\"", std::move(help),
                         "none; it must be given", [&field](const std::string& text) -> Parsed {
                             if (text == "*") {
                                 field = text;
                                 return {};
                             }
                             const bool is_suffix = text.starts_with("*.");
                             TRY(domain, parse_domain(is_suffix ? text.substr(2) : text));
                             field = (is_suffix ? "*." : "") + domain.text();
                             return {};
                         });
}

Option expression_option(std::string key, std::string& field, std::string help) {
    return parsed_option(
        std::move(key), "a regular expression", std::move(help), "none",
        [&field](const std::string& text) -> Parsed {
            if (text.empty() || text.size() > route_expression_max) {
                return failure(fmt::format("a regular expression has 1 to {} octets", route_expression_max));
            }
            const RE2 expression(text, RE2::Quiet);
            if (!expression.ok()) {
                return failure(
                    fmt::format("\"{}\" is not a regular expression (RE2): {}", text, expression.error()));
            }
            field = text;
            return {};
        });
}

Option table_option(std::string key, std::string& field, std::string help) {
    return parsed_option(
        std::move(key), "\"table:NAME\"", std::move(help), "none",
        [&field](const std::string& text) -> Parsed {
            constexpr std::string_view scheme = "table:";
            if (!text.starts_with(scheme) || text.size() == scheme.size()) {
                return failure(fmt::format(
                    "\"{}\" names no table; write \"table:NAME\" and a [[table]] of that name", text));
            }
            field = text.substr(scheme.size());
            return {};
        });
}

Option hosts_option(std::string key, RouteHosts& field, std::string help) {
    return {
        std::move(key), "a list of hosts, or of lists of hosts", std::move(help), shown_hosts(field),
        [&field](const ConfigValue& value) -> Result<void, ConfigError> {
            const auto* list = std::get_if<ConfigList>(&value.value);
            if (list == nullptr || list->empty()) {
                return failure(ConfigError{value.place,
                                           "this key takes a list, as in [\"10.1.1.4:25\"] or "
                                           "[[\"a.example\", \"b.example\"], \"c.example\"]"});
            }
            field.clear();
            for (const auto& preference : *list) {
                std::vector<RouteHost> hosts;
                const auto* inner = std::get_if<ConfigList>(&preference.value);
                const ConfigList one{preference};
                for (const auto& element : inner != nullptr ? *inner : one) {
                    const auto* text = std::get_if<std::string>(&element.value);
                    if (text == nullptr)
                        return failure(ConfigError{element.place, "a host is a text, as in \"10.1.1.4:25\""});
                    auto host = parse_host(*text);
                    if (!host) return failure(ConfigError{element.place, host.error()});
                    hosts.push_back(*std::move(host));
                }
                field.push_back(std::move(hosts));
            }
            return {};
        }};
}

Option local_part_list_option(std::string key, std::vector<std::string>& field, std::string help) {
    return values_option(
        std::move(key), field, "local parts", std::move(help), [](const std::string& name) { return name; },
        [](const std::string& text) -> Result<std::string, std::string> {
            if (!text.empty() && !text.contains('@') && !has_control(text)) return text;
            return failure(fmt::format("\"{}\" is not a local part; write what stands before the @", text));
        });
}

Option masquerade_option(std::string key, std::vector<MasqueradeDomain>& field, std::string help) {
    return values_option(
        std::move(key), field, "domain names, or \"!\" and a domain name", std::move(help),
        [](const MasqueradeDomain& masquerade) { return masquerade.text(); },
        [](const std::string& text) -> Result<MasqueradeDomain, std::string> {
            const bool is_exempt = text.starts_with('!');
            TRY(domain, parse_domain(is_exempt ? text.substr(1) : text));
            return MasqueradeDomain{std::move(domain), is_exempt};
        });
}

Option masquerade_places_option(std::string key, std::vector<MasqueradePlace>& field, std::string help) {
    static constexpr std::array names{"envelope_sender", "header_sender", "header_recipient"};
    const auto syntax = fmt::format("\"{}\"", fmt::join(names, "\", \""));
    return values_option(
        std::move(key), field, syntax, std::move(help),
        [](MasqueradePlace place) -> std::string { return names.at(static_cast<std::size_t>(place)); },
        [syntax](const std::string& text) -> Result<MasqueradePlace, std::string> {
            const auto found = std::ranges::find(names, text);
            if (found != names.end()) return static_cast<MasqueradePlace>(found - names.begin());
            return failure(fmt::format("\"{}\" is not known here; write one of {}", text, syntax));
        });
}

Option choice_option_of(std::string key, std::vector<std::string> names, std::size_t chosen, std::string help,
                        std::function<void(std::size_t)> choose) {
    auto syntax = fmt::format("\"{}\"", fmt::join(names, "\", \""));
    auto shown = '"' + names.at(chosen) + '"';
    return parsed_option(
        std::move(key), syntax, std::move(help), std::move(shown),
        [names = std::move(names), syntax, choose = std::move(choose)](const std::string& text) -> Parsed {
            const auto found = std::ranges::find(names, text);
            if (found == names.end()) {
                return failure(fmt::format("\"{}\" is not known here; write one of {}", text, syntax));
            }
            choose(static_cast<std::size_t>(found - names.begin()));
            return {};
        });
}

}  // namespace cursus
