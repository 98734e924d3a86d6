#include "deliver/tls_policy.h"

#include <fmt/format.h>

#include "runtime/host_addresses.h"

namespace cursus {

namespace {

std::string_view demand_of(const Candidate& where) {
    return where.terms.tls == RouteTls::Verified ? "verified TLS" : "TLS";
}

}  // namespace

TlsStart tls_start(const Candidate& where) {
    const auto* endpoint = std::get_if<Endpoint>(&where.address);
    if (endpoint == nullptr) return TlsStart::Never;  // a local socket: nobody is in between
    if (where.terms.tls == RouteTls::None) return TlsStart::Never;
    const bool is_implicit = endpoint->port == implicit_tls_port && where.dialect == Dialect::Smtp;
    return is_implicit ? TlsStart::AtOnce : TlsStart::WhenOffered;
}

std::string tls_name(const Candidate& where) {
    const std::string& name = where.terms.tls_name.empty() ? where.host : where.terms.tls_name;
    const auto address = as_address(name);  // mail to an address literal names its host in brackets
    return address ? address->text() : name;
}

Reply tls_not_offered(const Candidate& where) {
    return {
        451, Status{4, 7, 4},
        fmt::format("{} does not offer STARTTLS, and its route demands {}", where.host, demand_of(where))};
}

Reply tls_failed(const Candidate& where, std::string_view why) {
    return {
        451, Status{4, 7, 5},
        fmt::format("{} does not speak {}, which its route demands: {}", where.host, demand_of(where), why)};
}

Reply tls_not_set_up(const Candidate& where, std::string_view why) {
    return {451, Status{4, 3, 5},
            fmt::format("The route of {} demands {}, which this host is not set up for: {}", where.host,
                        demand_of(where), why)};
}

}  // namespace cursus
