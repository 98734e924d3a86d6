#include "adapters/real_listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

#include "adapters/real_stream.h"
#include "adapters/socket_address.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr Duration pause_without_resources = 100ms;
constexpr unsigned unwaited_accepts_max = 16;

// accept(2): errors of the connection that was to be taken, or of nothing at all; the next one may be fine.
bool concerns_one_connection(int error) {
    switch (error) {
        case EINTR:
        case ECONNABORTED:
        case EPROTO:
        case ENETDOWN:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case EOPNOTSUPP:
        case ENETUNREACH:
        case ETIMEDOUT:
        case EPERM:
            return true;
        default:
            return false;
    }
}

std::unique_ptr<Stream> make_stream(RealReactor& reactor, int fd, const sockaddr_storage& peer) {
    if (peer.ss_family == AF_UNIX) return std::make_unique<RealStream>(reactor, fd, Endpoint{}, Endpoint{});
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return std::make_unique<RealStream>(reactor, fd, from_system(peer), local_endpoint_of(fd));
}

}  // namespace

RealListener::RealListener(RealReactor& reactor, SocketHandle socket, const Endpoint& local, SocketFile file)
    : socket_(reactor, socket.release()),
      local_(local),
      file_(std::move(file)),
      where_(file_.path.empty() ? local_.text() : file_.path) {}

RealListener::~RealListener() {
    if (file_.path.empty()) return;
    struct stat facts{};
    const bool is_ours =
        lstat(file_.path.c_str(), &facts) == 0 && facts.st_dev == file_.device && facts.st_ino == file_.inode;
    if (is_ours) unlink(file_.path.c_str());
}

Task<Result<std::unique_ptr<Stream>, NetworkError>> RealListener::accept() {
    for (;;) {
        if (socket_.is_cancelled()) co_return failure(network_error("accepting at", where_, ECANCELED));
        if (++unwaited_ < unwaited_accepts_max) {
            SocketAddress peer;
            peer.size = sizeof peer.storage;
            const int fd = accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd >= 0) co_return make_stream(socket_.reactor(), fd, peer.storage);
            const int error = errno;
            if (concerns_one_connection(error)) continue;
            if (error != EAGAIN) {
                const Instant until = socket_.reactor().now() + pause_without_resources;
                co_await cancelled_.wait_until(socket_.reactor(), until);
                co_return failure(network_error("accepting at", where_, error));
            }
        }
        unwaited_ = 0;
        const auto ready = co_await socket_.wait(Readiness::ToRead, Instant::max());
        if (!ready && !socket_.is_cancelled()) co_return failure(network_error("accepting at", where_, EIO));
    }
}

void RealListener::cancel() {
    socket_.cancel();
    cancelled_.set();
}

}  // namespace cursus
