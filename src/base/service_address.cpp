#include "base/service_address.h"

#include <fmt/format.h>

namespace cursus {

Result<LocalSocket, std::string> parse_local_socket(std::string_view text) {
    if (!text.starts_with(local_socket_prefix) || text.substr(local_socket_prefix.size(), 1) != "/") {
        return failure(fmt::format("\"{}\" is not a local socket; write \"unix:/path\"", text));
    }
    LocalSocket socket{std::string(text.substr(local_socket_prefix.size()))};
    if (socket.path.size() > local_socket_path_max || socket.path.find('\0') != std::string::npos) {
        return failure(fmt::format("\"{}\": a socket's path has {} octets at most, and no NUL", text,
                                   local_socket_path_max));
    }
    return socket;
}

Result<Endpoint, std::string> parse_endpoint(std::string_view text) {
    const auto endpoint = Endpoint::parse(text);
    if (!endpoint || endpoint->port == 0) {
        return failure(fmt::format(
            "\"{}\" is not an address with a port; write \"192.0.2.1:25\" or \"[2001:db8::1]:25\"", text));
    }
    return *endpoint;
}

Result<ServiceAddress, std::string> parse_service_address(std::string_view text) {
    if (text.starts_with(local_socket_prefix)) return parse_local_socket(text);
    if (text.starts_with('/'))
        return failure(fmt::format("\"{0}\" is not an address with a port; write \"unix:{0}\"", text));
    return parse_endpoint(text);
}

std::string text(const LocalSocket& socket) {
    return std::string(local_socket_prefix) + socket.path;
}

std::string text(const ServiceAddress& address) {
    if (const auto* endpoint = std::get_if<Endpoint>(&address)) return endpoint->text();
    return text(std::get<LocalSocket>(address));
}

}  // namespace cursus
