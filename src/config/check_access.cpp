#include "config/check_access.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace cursus {
namespace {

using Errors = std::vector<ConfigError>;

bool checks_tokens(const OauthSettings& oauth) {
    return !oauth.introspection.empty() || !oauth.keys.empty();
}
bool has_accounts(const AuthSettings& auth) {
    return auth.users.kind != AccountStore::None || checks_tokens(auth.oauth);
}
bool knows_certificates(const TlsSettings& tls) {
    return !tls.client_ca.empty() || !tls.client_fingerprints.empty();
}

// RFC 6409 §4.3: submission is for those who have shown who they are; XCLIENT brings logins along.
void check_submitters(const Settings& settings, const ListenerSettings& listener, const ElementPlace& place,
                      Errors& errors) {
    const bool has_tls = listener.tls != ListenerTls::None;
    const bool asks_for_certificates = has_tls && listener.client_certificates != ClientCertificates::None;
    if (listener.service != Service::Submission || !listener.xclient.empty()) return;
    if (listener.auth && has_accounts(settings.auth)) return;
    if (asks_for_certificates && knows_certificates(settings.tls)) return;
    const auto complain = [&](std::string_view key, std::string what) {
        errors.push_back({place.of(key), fmt::format("listener \"{}\": {}", listener.name, what)});
    };
    if (has_accounts(settings.auth))
        return complain("auth",
                        "nobody could submit: nobody logs in with auth = false, and no client certificate "
                        "that counts is asked for; write auth = true");
    if (!knows_certificates(settings.tls))
        return complain(
            "service",
            "nobody could log in; write [auth] users = \"/etc/cursus/users\" and add people with `cursus "
            "user add`");
    complain(
        has_tls ? "client_certificates" : "tls",
        fmt::format("nobody could submit: there are no accounts, and no client certificate is asked for; "
                    "write [auth] users = \"/etc/cursus/users\", or {}",
                    has_tls ? "client_certificates = \"required\"" : "tls = \"starttls\""));
}

void check_listener(const Settings& settings, const ListenerSettings& listener, const ElementPlace& place,
                    Errors& errors) {
    const auto complain = [&](std::string_view key, std::string what) {
        errors.push_back({place.of(key), fmt::format("listener \"{}\": {}", listener.name, what)});
    };
    if (listener.certificate.empty() != listener.key.empty())
        complain("certificate", "certificate and key go together; write both");
    if (listener.tls == ListenerTls::None && !listener.certificate.empty())
        complain("tls", "there is a certificate, but no TLS; write tls = \"starttls\" or \"implicit\"");
    if (listener.client_certificates == ClientCertificates::Required && !knows_certificates(settings.tls))
        complain("client_certificates",
                 "no client certificate counts; write [tls] client_ca or client_fingerprints");
    if (listener.client_certificates == ClientCertificates::Required && listener.tls == ListenerTls::None)
        complain("client_certificates",
                 "without TLS no client shows a certificate; write tls = \"implicit\"");
    if (listener.auth && !has_accounts(settings.auth) && listener.service != Service::Submission)
        complain("auth", "there are no accounts; write [auth] users = \"/etc/cursus/users\"");
    if (listener.auth && listener.service == Service::Lmtp)
        complain("auth", "nobody logs in by LMTP; leave it out");
    if (!listener.xclient.empty() && listener.service == Service::Lmtp)
        complain("xclient", "XCLIENT is for SMTP; leave it out");
    for (const auto* networks : {&listener.proxies, &listener.xclient}) {
        const auto everyone = std::ranges::find(*networks, 0U, &IpNetwork::prefix_bits);
        if (everyone == networks->end()) continue;
        complain(networks == &listener.proxies ? "proxies" : "xclient",
                 fmt::format("{} is everyone: any client could claim any address; list the hosts that are "
                             "yours",
                             everyone->text()));
    }
}

void check_certificates(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    std::set<Domain> seen;
    for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
        const auto& [certificate, key, names] = settings.certificates[i];
        if (certificate.empty() || key.empty())
            errors.push_back({places.certificates[i].start, "certificate and key go together; write both"});
        for (const auto& name : names) {
            if (seen.insert(name).second) continue;
            errors.push_back({places.certificates[i].of("names"),
                              fmt::format("another certificate is for {} already", name.text())});
        }
    }
}

void check_auth(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const auto place = places.table("auth");
    const auto& auth = settings.auth;
    const auto complain = [&](std::string what) { errors.push_back({place, std::move(what)}); };
    if (auth.users.kind == AccountStore::Table || auth.users.kind == AccountStore::Ldap) {
        const auto table = std::ranges::find(settings.tables, auth.users.what, &TableSettings::name);
        if (table == settings.tables.end())
            complain(fmt::format("users: there is no table \"{0}\"; write a [[table]] with name = \"{0}\"",
                                 auth.users.what));
        else if (auth.users.kind == AccountStore::Ldap && table->kind != TableKind::Ldap)
            complain(
                fmt::format("users: the table \"{0}\" is no directory; write kind = \"ldap\" there, or "
                            "users = \"table:{0}\"",
                            auth.users.what));
    }
    const auto& oauth = auth.oauth;
    if (!oauth.introspection.empty() && !oauth.keys.empty())
        complain("tokens are checked by oauth_introspection or by oauth_keys; write one of the two");
    if (!oauth.introspection.empty() && !oauth.introspection.starts_with("https://"))
        complain(fmt::format("oauth_introspection: \"{}\" must begin with https://", oauth.introspection));
    if (!oauth.keys.empty() && oauth.issuer.empty())
        complain("oauth_keys: whose tokens are meant? write oauth_issuer");
    for (const Mechanism mechanism : auth.mechanisms) {
        const bool is_token = mechanism == Mechanism::OauthBearer || mechanism == Mechanism::Xoauth2;
        if (is_token && !checks_tokens(oauth) && auth.users.kind != AccountStore::Dovecot)
            complain(fmt::format("mechanisms: {} needs oauth_introspection or oauth_keys", name(mechanism)));
    }
}

void check_submission(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const auto& table = settings.submission.senders_table;
    if (table.empty() ||
        std::ranges::find(settings.tables, table, &TableSettings::name) != settings.tables.end())
        return;
    errors.push_back(
        {places.table("submission"),
         fmt::format("senders: there is no table \"{0}\"; write a [[table]] with name = \"{0}\"", table)});
}

bool has_local_socket(const RouteHosts& hosts) {
    return std::ranges::any_of(hosts, [](const auto& equals) {
        return std::ranges::any_of(
            equals, [](const RouteHost& host) { return std::holds_alternative<LocalSocket>(host); });
    });
}

bool has_port(const RouteHosts& hosts, std::uint16_t port) {
    return std::ranges::any_of(hosts, [port](const auto& equals) {
        return std::ranges::any_of(equals, [port](const RouteHost& host) {
            const auto* named = std::get_if<NamedHost>(&host);
            return named != nullptr && named->port == port;
        });
    });
}

void check_route_access(const RouteSettings& route, const ElementPlace& place, Errors& errors) {
    const HostTerms& terms = route.terms;
    const auto complain = [&](std::string_view key, std::string_view what) {
        errors.push_back({place.of(key), std::string(what)});
    };
    if (terms.username.empty() != terms.password_file.empty())
        complain("username", "username and password_file go together; write both");
    const auto is_external = [](Mechanism m) { return m == Mechanism::External; };
    const auto is_token = [](Mechanism m) { return m == Mechanism::OauthBearer || m == Mechanism::Xoauth2; };
    if (std::ranges::any_of(terms.mechanisms, is_external) || std::ranges::any_of(terms.mechanisms, is_token))
        complain("mechanisms",
                 "mechanisms: a password serves PLAIN, LOGIN and those of SCRAM; write some of them");
    if (!terms.username.empty() && terms.tls == RouteTls::None)
        complain("tls", "the password would go over the wire; write tls = \"verified\"");
    if (!terms.tls_name.empty() && terms.tls != RouteTls::Verified)
        complain("tls_name", "tls_name is looked at with tls = \"verified\" only");
    if (!terms.mechanisms.empty() && terms.username.empty())
        complain("mechanisms", "nobody logs in; write username and password_file, or leave mechanisms out");
    const bool demands = terms.tls == RouteTls::Required || terms.tls == RouteTls::Verified;
    if (demands && has_local_socket(route.hosts))
        complain("tls", "no TLS is spoken at a local socket, where nobody is in between; leave tls out");
    if (terms.tls == RouteTls::None && has_port(route.hosts, implicit_tls_port))
        complain("tls", "at port 465 TLS begins at once (RFC 8314); leave tls out, or write another port");
}

}  // namespace

void check_access(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
        const ElementPlace nowhere;
        const ElementPlace& place = i < places.listeners.size() ? places.listeners[i] : nowhere;
        check_listener(settings, settings.listeners[i], place, errors);
        check_submitters(settings, settings.listeners[i], place, errors);
    }
    check_certificates(settings, places, errors);
    check_auth(settings, places, errors);
    check_submission(settings, places, errors);
    for (std::size_t i = 0; i < settings.routes.size(); ++i)
        check_route_access(settings.routes[i], places.routes[i], errors);
}

}  // namespace cursus
