#include "main/check_routes.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/openssl_factory.h"
#include "adapters/posix_files.h"
#include "adapters/privileges.h"
#include "route/destinations.h"
#include "runtime/secret_file.h"

namespace cursus {

namespace {

using Warnings = std::vector<std::string>;

void check_login(const RouteSettings& route, Warnings& warnings) {
    const HostTerms& terms = route.terms;
    PosixFiles files;
    if (const auto password = read_secret_file(files, terms.password_file); !password)
        warnings.push_back(
            fmt::format("route {}: mail for it will wait: {}", route_name(route), password.error()));
    if (terms.tls != RouteTls::Verified)
        warnings.push_back(
            fmt::format("route {}: with tls = \"{}\" whoever answers in the host's place may be "
                        "shown the password of {}; write tls = \"verified\"",
                        route_name(route), name(terms.tls), terms.username));
}

}  // namespace

Warnings route_warnings(const Settings& settings) {
    const auto logs_in = [](const RouteSettings& route) { return !route.terms.username.empty(); };
    const auto verifies = [](const RouteSettings& route) { return route.terms.tls == RouteTls::Verified; };
    const bool has_login = std::ranges::any_of(settings.routes, logs_in);
    const bool has_verified = std::ranges::any_of(settings.routes, verifies);
    if (!has_login && !has_verified) return {};
    Warnings warnings;
    if (!settings.run_as.empty())
        if (const auto dropped = drop_privileges(settings.run_as); !dropped)
            return {fmt::format("passwords and trusted roots were not looked at: {}", dropped.error())};
    for (const RouteSettings& route : settings.routes)
        if (logs_in(route)) check_login(route, warnings);
    OpenSslFactory tls;
    if (has_verified)
        if (const auto roots = tls.client({TlsVerify::Name, settings.delivery.trusted_roots}); !roots)
            warnings.push_back(
                fmt::format("routes with tls = \"verified\": mail for them will wait: {}", roots.error()));
    return warnings;
}

}  // namespace cursus
