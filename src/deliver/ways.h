// Where mail goes: one version of the configuration, and what is made of it.
#pragma once

#include "config/settings.h"
#include "deliver/tls_clients.h"
#include "route/local_routing.h"
#include "runtime/table.h"

namespace cursus {

// Immutable. A message, and a connection to another host, keeps the version that it began with.
struct Ways {
    const Settings& settings;
    const LocalRouting& local;
    const Tables& tables;
    TlsClients tls;
};

}  // namespace cursus
