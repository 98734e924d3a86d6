// Between our values and the system's: addresses, and what its error numbers mean.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "base/ip.h"
#include "runtime/network.h"

namespace cursus {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress to_system(const Endpoint& endpoint);
// Of a local socket; the path must be shorter than local_path_bytes_max.
SocketAddress to_system(std::string_view path);
inline constexpr std::size_t local_path_bytes_max = 108;  // of sockaddr_un, its final NUL counted

// 0.0.0.0:0 for what is neither IPv4 nor IPv6: the ends of local sockets.
Endpoint from_system(const sockaddr_storage& storage);
Endpoint local_endpoint_of(int socket);

// "connecting to 192.0.2.1:25: Connection refused".
NetworkError network_error(std::string_view operation, std::string_view where, int error_number);

}  // namespace cursus
