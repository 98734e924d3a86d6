// Options whose values are the field's own terms: domains, networks, endpoints, hosts.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>

#include "config/option.h"
#include "config/settings.h"

namespace cursus {

enum class Family : std::uint8_t { V4, V6 };

Option domain_option(std::string key, std::optional<Domain>& field, std::string help);
Option domain_list_option(std::string key, std::vector<Domain>& field, std::string help);
Option network_list_option(std::string key, std::vector<IpNetwork>& field, std::string help);
Option endpoint_option(std::string key, std::optional<Endpoint>& field, std::string help);
// Where to listen: endpoints, and local sockets.
Option service_address_list_option(std::string key, std::vector<ServiceAddress>& field, std::string help);
Option address_option(std::string key, std::optional<IpAddress>& field, Family family, std::string help);
Option duration_list_option(std::string key, std::vector<Duration>& field, Bounds<Duration> bounds,
                            std::string help);
Option optional_duration_option(std::string key, std::optional<Duration>& field, Bounds<Duration> bounds,
                                std::string help);
Option dns_servers_option(std::string key, DnsSettings& settings, std::string help);
Option mailbox_template_option(std::string key, std::string& field, std::string help);
Option users_option(std::string key, std::string& field, std::string help);
Option list_name_option(std::string key, std::string& field, std::string help);
Option aliases_option(std::string key, std::optional<std::vector<std::string>>& field, std::string help);
Option list_kinds_option(std::string key, std::vector<ListKind>& field, std::string help);
Option pattern_option(std::string key, std::string& field, std::string help);
Option local_part_list_option(std::string key, std::vector<std::string>& field, std::string help);
Option masquerade_option(std::string key, std::vector<MasqueradeDomain>& field, std::string help);
Option masquerade_places_option(std::string key, std::vector<MasqueradePlace>& field, std::string help);
Option expression_option(std::string key, std::string& field, std::string help);
Option table_option(std::string key, std::string& field, std::string help);
Option hosts_option(std::string key, RouteHosts& field, std::string help);

Option choice_option_of(std::string key, std::vector<std::string> names, std::size_t chosen, std::string help,
                        std::function<void(std::size_t)> choose);

// `names` in the order of the enumerators, the first one being 0.
template <class Enum>
Option choice_option(std::string key, Enum& field, std::initializer_list<const char*> names,
                     std::string help) {
    return choice_option_of(std::move(key), {names.begin(), names.end()}, static_cast<std::size_t>(field),
                            std::move(help),
                            [&field](std::size_t chosen) { field = static_cast<Enum>(chosen); });
}

}  // namespace cursus
