#include "adapters/real_stream.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>

namespace cursus {

namespace {

constexpr std::uint8_t unwaited_reads_max = 32;
constexpr std::size_t drained_bytes_max = 256 * 1024;  // of a peer that goes on talking after we closed

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

RealStream::RealStream(RealReactor& reactor, int fd, const Endpoint& peer, const Endpoint& local)
    : socket_(reactor, fd), peer_(peer), local_(local) {}

Task<int> RealStream::connect(const SocketAddress& address, Instant deadline) {
    if (::connect(socket_.fd(), address.get(), address.size) != 0) {
        if (errno != EINPROGRESS && errno != EINTR) co_return errno;
        const auto ready = co_await socket_.wait(Readiness::ToWrite, deadline);
        if (!ready && ready.error() == StreamError::TimedOut) co_return ETIMEDOUT;
    }
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) co_return errno;
    if (error == 0) local_ = local_endpoint_of(socket_.fd());
    co_return error;
}

std::optional<StreamError> RealStream::refusal() const {
    if (socket_.is_cancelled()) return StreamError::Cancelled;
    switch (state_) {
        case State::HandshakeFailed:
            return StreamError::Tls;
        case State::TlsBroken:
            return StreamError::Reset;
        case State::Closed:
            return StreamError::Closed;
        case State::Plain:
        case State::Tls:
            return std::nullopt;
    }
    std::unreachable();
}

bool RealStream::may_go_on() {
    if (++unwaited_ < unwaited_reads_max) return true;
    unwaited_ = 0;
    return false;
}

Task<Result<std::size_t, StreamError>> RealStream::read_some(std::span<char> buffer, Instant deadline) {
    assert(!buffer.empty());
    if (const auto refused = refusal()) co_return failure(*refused);
    if (state_ == State::Tls) co_return co_await read_tls(buffer, deadline);
    bool is_worth_trying = !is_drained_ && may_go_on();
    for (;;) {
        if (is_worth_trying) {
            const ssize_t got = recv(socket_.fd(), buffer.data(), buffer.size(), 0);
            if (got > 0) {
                is_drained_ = static_cast<std::size_t>(got) < buffer.size();
                co_return static_cast<std::size_t>(got);
            }
            if (got == 0) co_return failure(StreamError::Closed);
            if (!would_block(errno)) co_return failure(StreamError::Reset);
        }
        CO_TRY_VOID(co_await socket_.wait(Readiness::ToRead, deadline));
        unwaited_ = 0;
        is_worth_trying = true;
    }
}

Task<Result<void, StreamError>> RealStream::wait_readable(Instant deadline) {
    if (const auto refused = refusal()) co_return failure(*refused);
    if (state_ == State::Tls) co_return co_await wait_readable_tls(deadline);
    CO_TRY_VOID(co_await socket_.wait(Readiness::ToRead, deadline));
    unwaited_ = 0;
    is_drained_ = false;
    co_return Result<void, StreamError>();
}

bool RealStream::may_be_readable() {
    if (refusal() || state_ == State::Tls) return true;
    char octet = 0;
    return recv(socket_.fd(), &octet, 1, MSG_PEEK) >= 0 || !would_block(errno);
}

Task<Result<void, StreamError>> RealStream::write(std::span<const std::string_view> pieces,
                                                  Instant deadline) {
    if (const auto refused = refusal()) co_return failure(*refused);
    if (state_ == State::Tls) co_return co_await write_tls(pieces, deadline);
    std::array<iovec, 16> vectors;
    std::size_t skip = 0;  // bytes of the first piece that are gone already
    for (;;) {
        while (!pieces.empty() && skip >= pieces.front().size()) {
            skip -= pieces.front().size();
            pieces = pieces.subspan(1);
        }
        if (pieces.empty()) co_return Result<void, StreamError>();
        msghdr message{};
        message.msg_iov = vectors.data();
        message.msg_iovlen = std::min(pieces.size(), vectors.size());
        for (std::size_t i = 0; i < message.msg_iovlen; ++i) {
            const std::string_view piece = i == 0 ? pieces[i].substr(skip) : pieces[i];
            vectors[i] = {const_cast<char*>(piece.data()), piece.size()};
        }
        const ssize_t sent = sendmsg(socket_.fd(), &message, MSG_NOSIGNAL);
        if (sent >= 0) {
            skip += static_cast<std::size_t>(sent);
            continue;
        }
        if (!would_block(errno)) co_return failure(StreamError::Reset);
        CO_TRY_VOID(co_await socket_.wait(Readiness::ToWrite, deadline));
        unwaited_ = 0;
    }
}

const std::optional<TlsFacts>& RealStream::tls() const {
    static const std::optional<TlsFacts> none;
    return session_ ? session_->facts() : none;
}

std::string RealStream::tls_failure() const {
    return session_ ? session_->failure_text() : std::string();
}

// What the peer sent and nobody reads would make the kernel answer our close with a reset, which can take the
// last reply with it; so the peer's end is waited for.
Task<void> RealStream::close(Instant deadline) {
    if (state_ == State::Closed) co_return;
    while (state_ == State::Tls && !socket_.is_cancelled()) {
        const TlsStep step = session_->say_goodbye();
        if (step == TlsStep::Done) break;
        const auto settled = co_await settle(step, deadline);
        if (!settled) break;
    }
    if (!socket_.is_cancelled() && shutdown(socket_.fd(), SHUT_WR) == 0) co_await drain(deadline);
    state_ = State::Closed;
    socket_.close();
}

Task<void> RealStream::drain(Instant deadline) {
    std::array<char, 1024> rubbish;
    std::size_t total = 0;
    while (total < drained_bytes_max) {
        const ssize_t got = recv(socket_.fd(), rubbish.data(), rubbish.size(), 0);
        if (got == 0 || (got < 0 && !would_block(errno))) co_return;
        if (got > 0) {
            total += static_cast<std::size_t>(got);
            continue;
        }
        const auto readable = co_await socket_.wait(Readiness::ToRead, deadline);
        if (!readable) co_return;
    }
}

}  // namespace cursus
