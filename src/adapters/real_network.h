// The kernel's network, as one reactor uses it.
#pragma once

#include "adapters/real_reactor.h"
#include "runtime/network.h"

namespace cursus {

class RealNetwork final : public Network {
public:
    explicit RealNetwork(RealReactor& reactor) : reactor_(reactor) {}

    // Both may be called from any thread; the listener is then used on its reactor only.
    Result<std::unique_ptr<Listener>, NetworkError> listen(const Endpoint& endpoint) override;
    Result<std::unique_ptr<Listener>, NetworkError> listen_local(const std::string& path,
                                                                 unsigned mode) override;
    Task<Result<std::unique_ptr<Stream>, NetworkError>> connect(Endpoint to, std::optional<IpAddress> from,
                                                                Instant deadline) override;
    Task<Result<std::unique_ptr<Stream>, NetworkError>> connect_local(std::string path,
                                                                      Instant deadline) override;

private:
    RealReactor& reactor_;
};

}  // namespace cursus
