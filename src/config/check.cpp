#include "config/check.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "config/check_access.h"
#include "config/check_policy.h"
#include "config/option.h"
#include "config/table_keys.h"

namespace cursus {
namespace {

using Errors = std::vector<ConfigError>;

void check_listeners(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    std::set<ServiceAddress> seen;
    for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
        const auto& listener = settings.listeners[i];
        const auto place = i < places.listeners.size() ? places.listeners[i].start : SourcePlace{};
        if (listener.addresses.empty()) {
            errors.push_back(
                {place, "this listener has no address; write address = [\"0.0.0.0:25\", \"[::]:25\"]"});
        }
        for (const auto& address : listener.addresses) {
            if (seen.insert(address).second) continue;
            errors.push_back({place, fmt::format("{} is listened on already", text(address))});
        }
        const bool has_socket = std::ranges::any_of(listener.addresses, [](const ServiceAddress& address) {
            return std::holds_alternative<LocalSocket>(address);
        });
        if (has_socket && listener.service != Service::Lmtp) {
            errors.push_back(
                {place, fmt::format("listener \"{}\" has a local socket; write service = \"lmtp\", or "
                                    "an address with a port",
                                    listener.name)});
        }
    }
}

void check_domains(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    for (const auto& domain : settings.domains.local) {
        if (std::ranges::find(settings.domains.relay, domain) == settings.domains.relay.end()) continue;
        errors.push_back(
            {places.table("domains"),
             fmt::format("{} is both local and relay; write it in one of the two", domain.text())});
    }
}

void check_relay(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    for (const auto& network : settings.relay.hosts) {
        if (network.prefix_bits() != 0) continue;
        errors.push_back({places.table("relay"),
                          fmt::format("{} is everyone: that would be an open relay; list the networks "
                                      "that are yours",
                                      network.text())});
    }
}

void check_routes(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    for (std::size_t i = 0; i < settings.routes.size(); ++i) {
        const auto& route = settings.routes[i];
        const auto complain = [&](std::string_view what) {
            errors.push_back({places.routes[i].start, std::string(what)});
        };
        if (route.pattern.empty() && route.expression.empty())
            complain(
                "this route has no domain; write domain = \"*.clients.example\", or pattern = \"REGEX\"");
        if (!route.pattern.empty() && !route.expression.empty())
            complain("this route has both domain and pattern; write one of the two");
        if (route.hosts.empty() && route.table.empty())
            complain("this route has no hosts; write hosts = [\"10.1.1.4:25\"], or table = \"table:NAME\"");
        if (!route.hosts.empty() && !route.table.empty())
            complain("this route has both hosts and table; write one of the two");
        const auto is_socket = [](const auto& equals) {
            return std::ranges::any_of(
                equals, [](const RouteHost& host) { return std::holds_alternative<LocalSocket>(host); });
        };
        if (route.protocol == Dialect::Smtp && std::ranges::any_of(route.hosts, is_socket))
            complain("this route leads to a local socket; write protocol = \"lmtp\"");
    }
}

void check_local(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const auto& local = settings.local;
    const auto place = places.table("local");
    const bool needs_user = local.mailbox.contains("{home}") || local.mailbox.contains("{user}");
    if (local.users == "any" && needs_user) {
        errors.push_back({place,
                          "mailbox: nobody has a {home} or is a {user} with users = \"any\"; write "
                          "{local_part} and {domain}, or users = \"system\""});
    }
    const bool needs_process = local.mailbox.starts_with("mbox:") || local.mailbox.starts_with("pipe:");
    if (needs_process && local.users != "system" && settings.run_as.empty()) {
        errors.push_back({place,
                          "mailbox: mail of virtual users is written as the user of run_as; write run_as = "
                          "\"cursus\", or a maildir"});
    }
    if (local.command_user == "root") {
        errors.push_back({place, "command_user: nothing is done as root; name another user"});
    }
    for (std::size_t i = 0; i < settings.aliases.size(); ++i) {
        const auto& alias = settings.aliases[i];
        if (alias.list.empty())
            errors.push_back(
                {places.aliases[i].start, "this alias has no list; write list = \"/etc/aliases\""});
        for (const auto& domain : alias.domains) {
            if (std::ranges::find(settings.domains.local, domain) != settings.domains.local.end()) continue;
            errors.push_back({places.aliases[i].of("domains"),
                              fmt::format("domains: {} is not in [domains] local, so this list "
                                          "would never be looked at for it",
                                          domain.text())});
        }
    }
}

void check_rewrite(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const auto& local = settings.domains.local;
    const auto& srs_domain = settings.rewrite.srs_domain;
    if (!settings.rewrite.srs_keys.empty() && local.empty())
        errors.push_back(
            {places.table("rewrite"),
             "srs_keys: no domain is local, so no bounce would come back; write [domains] local"});
    if (srs_domain && std::ranges::find(local, *srs_domain) == local.end())
        errors.push_back(
            {places.table("rewrite"),
             fmt::format("srs_domain: {} is not in [domains] local, so its bounces would not come back",
                         srs_domain->text())});
    std::set<Domain> seen;
    for (const auto& masquerade : settings.rewrite.masquerade) {
        if (seen.insert(masquerade.domain).second) continue;
        errors.push_back({places.table("rewrite"),
                          fmt::format("masquerade names {} twice; write it once, with or without \"!\"",
                                      masquerade.domain.text())});
    }
}

void check_retry(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const auto place = places.table("retry");
    if (settings.retry.schedule.empty())
        errors.push_back({place, "schedule is empty; write at least one wait, as in [\"5m\"]"});
    if (settings.retry.warn_after >= settings.retry.give_up_after) {
        errors.push_back({place, "warn_after must be shorter than give_up_after"});
    }
}

void check_domain_times(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < settings.domain_times.size(); ++i) {
        const auto& domain = settings.domain_times[i];
        const auto complain = [&](std::string what) {
            errors.push_back({places.domains[i].start, std::move(what)});
        };
        if (domain.pattern.empty()) complain("this domain has no name; write name = \"provinces.example\"");
        if (!seen.insert(domain.pattern).second)
            complain(fmt::format("{} stands here twice", domain.pattern));
        const auto warn = domain.warn_after.value_or(settings.retry.warn_after);
        const auto give_up = domain.give_up_after.value_or(settings.retry.give_up_after);
        if (warn >= give_up)
            complain(
                fmt::format("its mail would be given up after {}, and warned of only after {}; write a "
                            "shorter warn_after or a longer give_up_after",
                            duration_text(give_up), duration_text(warn)));
    }
}

void check_dns(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    if (settings.dns.recursive && !settings.dns.servers.empty()) {
        errors.push_back({places.table("dns"),
                          "servers: \"recursive\" stands alone; leave out either it or the addresses"});
    }
}

}  // namespace

namespace {

// What a listener's keys are when they are not written, where that depends on others.
void fill_listener(ListenerSettings& listener, const TlsSettings& tls, const ElementPlace& place) {
    if (listener.name.empty()) listener.name = name(listener.service);
    if (!place.keys.contains("auth")) listener.auth = listener.service == Service::Submission;
    // Mail programs and other hosts are spoken to in the clear only when they want it so.
    if (!place.keys.contains("tls"))
        listener.tls = listener.service == Service::Lmtp ? ListenerTls::None : ListenerTls::StartTls;
    const bool counts = !tls.client_ca.empty() || !tls.client_fingerprints.empty();
    if (!place.keys.contains("client_certificates"))
        listener.client_certificates = counts ? ClientCertificates::Optional : ClientCertificates::None;
}

}  // namespace

void fill_defaults(Settings& settings, const SystemDefaults& system, const ConfigPlaces& places) {
    if (!settings.hostname) {
        if (auto domain = Domain::parse(system.hostname)) settings.hostname = *std::move(domain);
    }
    if (settings.listeners.empty()) {
        settings.listeners.push_back(
            {.name = "mx",
             .addresses = {Endpoint::parse("0.0.0.0:25").value(), Endpoint::parse("[::]:25").value()}});
    }
    if (!settings.local.aliases) settings.local.aliases = system.aliases;
    for (auto& list : settings.dns_lists)
        if (list.name.empty()) list.name = list.zone;
    const ElementPlace nowhere;
    for (std::size_t i = 0; i < settings.listeners.size(); ++i)
        fill_listener(settings.listeners[i], settings.tls,
                      i < places.listeners.size() ? places.listeners[i] : nowhere);
}

void check_settings(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    if (!settings.hostname || settings.hostname->text().find('.') == std::string::npos) {
        errors.push_back({{}, "this machine has no full name; write hostname = \"mail.example.org\""});
    }
    if (settings.tls.certificate.empty() != settings.tls.key.empty()) {
        errors.push_back({places.table("tls"), "certificate and key go together; write both"});
    }
    check_listeners(settings, places, errors);
    check_domains(settings, places, errors);
    check_relay(settings, places, errors);
    check_routes(settings, places, errors);
    check_local(settings, places, errors);
    check_rewrite(settings, places, errors);
    check_retry(settings, places, errors);
    check_domain_times(settings, places, errors);
    check_dns(settings, places, errors);
    check_tables(settings, places, errors);
    check_access(settings, places, errors);
    check_policy(settings, places, errors);
}

}  // namespace cursus
