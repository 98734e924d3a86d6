#include "sim/peers/listen_at.h"

namespace cursus {

std::unique_ptr<Listener> listen_at(Network& network, const ServiceAddress& address) {
    constexpr unsigned everybody = 0666;
    if (const auto* endpoint = std::get_if<Endpoint>(&address)) return network.listen(*endpoint).value();
    return network.listen_local(std::get<LocalSocket>(address).path, everybody).value();
}

}  // namespace cursus
