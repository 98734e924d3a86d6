// Where a simulated peer listens, TCP or local. It must be able to.
#pragma once

#include <memory>

#include "base/service_address.h"
#include "runtime/network.h"

namespace cursus {

std::unique_ptr<Listener> listen_at(Network& network, const ServiceAddress& address);

}  // namespace cursus
