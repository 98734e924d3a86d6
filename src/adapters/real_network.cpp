#include "adapters/real_network.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

#include <fmt/format.h>

#include "adapters/real_listener.h"
#include "adapters/real_stream.h"
#include "adapters/socket_address.h"
#include "adapters/socket_handle.h"

namespace cursus {

namespace {

constexpr int backlog = 4096;  // the kernel takes the smaller of this and net.core.somaxconn

SocketHandle open_socket(int family) {
    return SocketHandle(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool turn_on(const SocketHandle& socket, int level, int option) {
    const int on = 1;
    return setsockopt(socket.get(), level, option, &on, sizeof on) == 0;
}

bool bind_to(const SocketHandle& socket, const SocketAddress& address) {
    return bind(socket.get(), address.get(), address.size) == 0;
}

// What asking a local socket's path for an answer shows about it.
enum class PathState : std::uint8_t { Free, Stale, Living, NoSocket };

Result<PathState, NetworkError> look_at(const std::string& path) {
    struct stat facts{};
    if (lstat(path.c_str(), &facts) != 0) {
        if (errno == ENOENT) return PathState::Free;
        return failure(network_error("listening at", path, errno));
    }
    if (!S_ISSOCK(facts.st_mode)) return PathState::NoSocket;
    const SocketHandle probe = open_socket(AF_UNIX);
    if (!probe) return failure(network_error("listening at", path, errno));
    const SocketAddress address = to_system(path);
    if (connect(probe.get(), address.get(), address.size) == 0) return PathState::Living;
    return errno == ECONNREFUSED ? PathState::Stale : PathState::Living;
}

Result<void, NetworkError> clear_path(const std::string& path) {
    if (path.empty() || path.size() >= local_path_bytes_max) {
        return failure(network_error("listening at", path, ENAMETOOLONG));
    }
    TRY(state, look_at(path));
    switch (state) {
        case PathState::Free:
            return {};
        case PathState::Living:
            return failure(network_error("listening at", path, EADDRINUSE));
        case PathState::NoSocket:
            return failure(network_error("listening at", path, ENOTSOCK));
        case PathState::Stale:
            break;
    }
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return failure(network_error("replacing", path, errno));
    return {};
}

NetworkError connect_error(std::string_view where, int error_number) {
    NetworkError error = network_error("connecting to", where, error_number);
    if (error_number == EADDRNOTAVAIL)
        error.kind = NetworkErrorKind::OutOfResources;  // connect(2): no port is left
    return error;
}

}  // namespace

Result<std::unique_ptr<Listener>, NetworkError> RealNetwork::listen(const Endpoint& endpoint) {
    const std::string where = endpoint.text();
    SocketHandle socket = open_socket(endpoint.address.is_v4() ? AF_INET : AF_INET6);
    const SocketAddress address = to_system(endpoint);
    const bool is_listening = socket && turn_on(socket, SOL_SOCKET, SO_REUSEADDR) &&
                              turn_on(socket, SOL_SOCKET, SO_REUSEPORT) &&
                              (endpoint.address.is_v4() || turn_on(socket, IPPROTO_IPV6, IPV6_V6ONLY)) &&
                              bind_to(socket, address) && ::listen(socket.get(), backlog) == 0;
    if (!is_listening) return failure(network_error("listening at", where, errno));
    const Endpoint local = local_endpoint_of(socket.get());
    return std::make_unique<RealListener>(reactor_, std::move(socket), local, SocketFile{});
}

Result<std::unique_ptr<Listener>, NetworkError> RealNetwork::listen_local(const std::string& path,
                                                                          unsigned mode) {
    TRY_VOID(clear_path(path));
    SocketHandle socket = open_socket(AF_UNIX);
    // unix(7): the file is made with the socket's own mode less the umask, so it is never more open than
    // asked for; what the umask took is given back by chmod.
    struct stat facts{};
    const bool is_listening = socket && fchmod(socket.get(), mode) == 0 && bind_to(socket, to_system(path)) &&
                              chmod(path.c_str(), mode) == 0 && lstat(path.c_str(), &facts) == 0 &&
                              ::listen(socket.get(), backlog) == 0;
    if (!is_listening) return failure(network_error("listening at", path, errno));
    return std::make_unique<RealListener>(reactor_, std::move(socket), Endpoint{},
                                          SocketFile{path, facts.st_dev, facts.st_ino});
}

Task<Result<std::unique_ptr<Stream>, NetworkError>> RealNetwork::connect(Endpoint to,
                                                                         std::optional<IpAddress> from,
                                                                         Instant deadline) {
    const std::string where = to.text();
    SocketHandle socket = open_socket(to.address.is_v4() ? AF_INET : AF_INET6);
    if (!socket) co_return failure(connect_error(where, errno));
    turn_on(socket, IPPROTO_TCP, TCP_NODELAY);
    if (from) {
        turn_on(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);  // a port is chosen once the peer is known
        if (!bind_to(socket, to_system(Endpoint{*from, 0}))) {
            co_return failure(
                network_error(fmt::format("using {} for connecting to", from->text()), where, errno));
        }
    }
    auto stream = std::make_unique<RealStream>(reactor_, socket.release(), to, Endpoint{});
    const SocketAddress address = to_system(to);
    const int error = co_await stream->connect(address, deadline);
    if (error != 0) co_return failure(connect_error(where, error));
    // A free port of our own range may have been given to this very socket, which then talks to itself.
    if (stream->local() == to) co_return failure(connect_error(where, ECONNREFUSED));
    co_return stream;
}

Task<Result<std::unique_ptr<Stream>, NetworkError>> RealNetwork::connect_local(std::string path,
                                                                               Instant deadline) {
    if (path.size() >= local_path_bytes_max) co_return failure(connect_error(path, ENAMETOOLONG));
    SocketHandle socket = open_socket(AF_UNIX);
    if (!socket) co_return failure(connect_error(path, errno));
    auto stream = std::make_unique<RealStream>(reactor_, socket.release(), Endpoint{}, Endpoint{});
    const SocketAddress address = to_system(path);
    const int error = co_await stream->connect(address, deadline);
    if (error != 0) co_return failure(connect_error(path, error));
    co_return stream;
}

}  // namespace cursus
