#include "main/check_files.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "accounts/json_web_keys.h"
#include "adapters/country_file.h"
#include "adapters/openssl_factory.h"
#include "adapters/posix_files.h"
#include "adapters/privileges.h"
#include "main/check_tables.h"
#include "main/tables.h"
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

void check_logins(const Settings& settings, Warnings& warnings) {
    for (const RouteSettings& route : settings.routes)
        if (!route.terms.username.empty()) check_login(route, warnings);
}

void check_roots(const Settings& settings, Warnings& warnings) {
    const auto verifies = [](const RouteSettings& route) { return route.terms.tls == RouteTls::Verified; };
    if (std::ranges::none_of(settings.routes, verifies)) return;
    OpenSslFactory tls;
    if (const auto roots = tls.client({TlsVerify::Name, settings.delivery.trusted_roots}); !roots)
        warnings.push_back(
            fmt::format("routes with tls = \"verified\": mail for them will wait: {}", roots.error()));
}

void check_directories(const Settings& settings, Warnings& warnings) {
    PosixFiles files;
    for (const TableSettings& table : settings.tables) {
        if (table.password_file.empty()) continue;
        if (const auto password = read_secret_file(files, table.password_file); !password)
            warnings.push_back(
                fmt::format("table \"{}\": it will give no answers: {}", table.name, password.error()));
    }
}

void check_tokens(const OauthSettings& oauth, Warnings& warnings) {
    PosixFiles files;
    if (!oauth.client_secret_file.empty())
        if (const auto secret = read_secret_file(files, oauth.client_secret_file); !secret)
            warnings.push_back(fmt::format("[auth] oauth_client_secret_file: logins by token will wait: {}",
                                           secret.error()));
    if (oauth.keys.empty()) return;
    const auto text = read_whole_file(files, oauth.keys, key_set_bytes_max);
    const auto keys = text ? parse_key_set(*text) : failure(text.error().what);
    if (!keys)
        warnings.push_back(
            fmt::format("[auth] oauth_keys: logins by token will wait: {}: {}", oauth.keys, keys.error()));
}

void check_countries(const AuthSettings& auth, Warnings& warnings) {
    if (auth.countries.empty()) return;
    if (const auto opened = open_country_file(auth.countries); !opened)
        warnings.push_back(fmt::format("[auth] countries: the server will not start: {}", opened.error()));
}

bool has_such_files(const Settings& settings) {
    const auto needs_some = [](const RouteSettings& route) {
        return !route.terms.username.empty() || route.terms.tls == RouteTls::Verified;
    };
    const auto& oauth = settings.auth.oauth;
    return std::ranges::any_of(settings.routes, needs_some) || !settings.tables.empty() ||
           !lists_named_by_path(settings).empty() || !oauth.client_secret_file.empty() ||
           !oauth.keys.empty() || !settings.auth.countries.empty();
}

}  // namespace

Warnings file_warnings(const Settings& settings) {
    if (!has_such_files(settings)) return {};
    if (!settings.run_as.empty())
        if (const auto dropped = drop_privileges(settings.run_as); !dropped)
            return {fmt::format("tables, passwords, keys and trusted roots were not looked at: {}",
                                dropped.error())};
    Warnings warnings;
    check_logins(settings, warnings);
    check_roots(settings, warnings);
    check_directories(settings, warnings);
    check_tokens(settings.auth.oauth, warnings);
    check_countries(settings.auth, warnings);
    PosixFiles files;
    std::ranges::move(table_troubles(settings, files), std::back_inserter(warnings));
    return warnings;
}

}  // namespace cursus
