// TLS towards other hosts, as it is set up for all of them.
#pragma once

#include <memory>
#include <string>

#include "config/settings.h"
#include "runtime/tls.h"

namespace cursus {

struct TlsClient {
    std::shared_ptr<TlsContext> context;  // null: it could not be set up, or nobody wants it
    std::string why_not;
    bool is_wanted = true;
};

struct TlsClients {
    TlsClient unverified, verified;
    const TlsClient& for_demand(RouteTls demand) const {
        return demand == RouteTls::Verified ? verified : unverified;
    }
};

TlsClients set_up_tls_clients(TlsFactory& factory, const Settings& settings);

}  // namespace cursus
