#include "deliver/tls_clients.h"

#include <algorithm>

namespace cursus {

namespace {

TlsClient set_up(TlsFactory& factory, const TlsClientSettings& settings) {
    auto made = factory.client(settings);
    if (!made) return {nullptr, std::move(made).error(), true};
    return {*std::move(made), {}, true};
}

}  // namespace

TlsClients set_up_tls_clients(TlsFactory& factory, const Settings& settings) {
    TlsClients clients;
    clients.unverified = set_up(factory, {TlsVerify::None, {}});
    const bool is_verified = std::ranges::any_of(
        settings.routes, [](const RouteSettings& route) { return route.terms.tls == RouteTls::Verified; });
    // Else the roots are of no use to anybody, and a host without any is none the worse.
    clients.verified =
        is_verified
            ? set_up(factory, {TlsVerify::Name, settings.delivery.trusted_roots})
            : TlsClient{nullptr, "no route demanded it when this connection's configuration was read", false};
    return clients;
}

}  // namespace cursus
