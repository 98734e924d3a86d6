#include "adapters/socket_address.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

namespace cursus {

SocketAddress to_system(const Endpoint& endpoint) {
    SocketAddress address;
    const auto& octets = endpoint.address.octets();
    if (endpoint.address.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(endpoint.port);
        std::memcpy(&v4.sin_addr, octets.data(), sizeof v4.sin_addr);
        std::memcpy(&address.storage, &v4, sizeof v4);
        address.size = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(endpoint.port);
        std::memcpy(&v6.sin6_addr, octets.data(), sizeof v6.sin6_addr);
        std::memcpy(&address.storage, &v6, sizeof v6);
        address.size = sizeof v6;
    }
    return address;
}

SocketAddress to_system(std::string_view path) {
    assert(path.size() < local_path_bytes_max);
    sockaddr_un local{};
    static_assert(sizeof local.sun_path == local_path_bytes_max);
    local.sun_family = AF_UNIX;
    std::ranges::copy(path, local.sun_path);
    SocketAddress address;
    std::memcpy(&address.storage, &local, sizeof local);
    address.size = sizeof local;
    return address;
}

Endpoint from_system(const sockaddr_storage& storage) {
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &storage, sizeof v4);
        std::array<std::uint8_t, 4> octets;
        std::memcpy(octets.data(), &v4.sin_addr, octets.size());
        return {IpAddress::v4(octets), ntohs(v4.sin_port)};
    }
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, &storage, sizeof v6);
        std::array<std::uint8_t, 16> octets;
        std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
        return {IpAddress::v6(octets), ntohs(v6.sin6_port)};
    }
    return {};
}

Endpoint local_endpoint_of(int socket) {
    SocketAddress address;
    address.size = sizeof address.storage;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) return {};
    return from_system(address.storage);
}

namespace {

NetworkErrorKind network_kind_of(int error_number) {
    switch (error_number) {
        case ECONNREFUSED:
            return NetworkErrorKind::Refused;
        case ENETUNREACH:
        case EHOSTUNREACH:
        case ENETDOWN:
        case EHOSTDOWN:
            return NetworkErrorKind::Unreachable;
        case ETIMEDOUT:
            return NetworkErrorKind::TimedOut;
        case ECANCELED:
            return NetworkErrorKind::Cancelled;
        case EACCES:
        case EPERM:
            return NetworkErrorKind::NotAllowed;
        case EADDRINUSE:
            return NetworkErrorKind::AddressInUse;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
        case EAGAIN:
            return NetworkErrorKind::OutOfResources;
        default:
            return NetworkErrorKind::Other;
    }
}

}  // namespace

NetworkError network_error(std::string_view operation, std::string_view where, int error_number) {
    return {network_kind_of(error_number),
            fmt::format("{} {}: {}", operation, where, std::system_category().message(error_number))};
}

}  // namespace cursus
