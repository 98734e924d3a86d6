// A connection to a service, wherever it is.
#pragma once

#include "base/service_address.h"
#include "runtime/network.h"

namespace cursus {

struct SourceAddresses {  // from which to connect; none: the system chooses
    std::optional<IpAddress> v4, v6;
};

Task<Result<std::unique_ptr<Stream>, NetworkError>> connect_to(Network& network, ServiceAddress to,
                                                               SourceAddresses from, Instant deadline);

}  // namespace cursus
