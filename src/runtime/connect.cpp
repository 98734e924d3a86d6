#include "runtime/connect.h"

namespace cursus {

Task<Result<std::unique_ptr<Stream>, NetworkError>> connect_to(Network& network, ServiceAddress to,
                                                               SourceAddresses from, Instant deadline) {
    if (const auto* socket = std::get_if<LocalSocket>(&to))
        co_return co_await network.connect_local(socket->path, deadline);
    const Endpoint endpoint = std::get<Endpoint>(to);
    const auto source = endpoint.address.is_v4() ? from.v4 : from.v6;
    co_return co_await network.connect(endpoint, source, deadline);
}

}  // namespace cursus
