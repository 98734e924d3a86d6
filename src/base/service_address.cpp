#include "base/service_address.h"

namespace cursus {

std::string text(const LocalSocket& socket) {
    return std::string(local_socket_prefix) + socket.path;
}

std::string text(const ServiceAddress& address) {
    if (const auto* endpoint = std::get_if<Endpoint>(&address)) return endpoint->text();
    return text(std::get<LocalSocket>(address));
}

}  // namespace cursus
