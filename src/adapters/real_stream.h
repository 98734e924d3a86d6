// A connection over a socket, TCP or local, with TLS or without.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/descriptor.h"
#include "adapters/socket_address.h"
#include "adapters/tls_session.h"
#include "runtime/stream.h"

namespace cursus {

// One operation at a time (cancel() apart), and none may be pending when it is destroyed. Reads and writes
// are tried first and waited for only when they would block; without TLS it holds no buffer. Deadlines are
// kept roughly (RealReactor::set_deadline), and what can be done at once is done even when the deadline has
// passed.
//
// A handshake starts with what is in the socket: plaintext that was sent early lies there and fails it.
class RealStream final : public Stream {
public:
    // Takes over the non-blocking socket.
    RealStream(RealReactor& reactor, int fd, const Endpoint& peer, const Endpoint& local);

    // Connects a socket that is not yet connected: 0, or the system's error number. The address outlives the
    // task.
    Task<int> connect(const SocketAddress& address, Instant deadline);

    Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant deadline) override;
    Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces,
                                          Instant deadline) override;
    using Stream::write;
    Task<Result<void, StreamError>> wait_readable(Instant deadline) override;
    bool may_be_readable() override;  // under TLS it cannot tell
    Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext> context,
                                                     Instant deadline) override;
    Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext> context,
                                                     std::string server_name, Instant deadline) override;
    const std::optional<TlsFacts>& tls() const override;
    std::string tls_failure() const override;
    Task<void> close(Instant deadline) override;
    void cancel() override { socket_.cancel(); }
    void expire() override { socket_.expire(); }
    const Endpoint& peer() const override { return peer_; }
    const Endpoint& local() const override { return local_; }

private:
    enum class State : std::uint8_t { Plain, HandshakeFailed, Tls, TlsBroken, Closed };

    std::optional<StreamError> refusal() const;  // why nothing can be done any more
    bool may_go_on();                            // false when the other tasks should have their turn first
    Task<Result<std::size_t, StreamError>> read_tls(std::span<char> buffer, Instant deadline);
    Task<Result<void, StreamError>> write_tls(std::span<const std::string_view> pieces, Instant deadline);
    Task<Result<void, StreamError>> write_record(std::string_view bytes, Instant deadline);
    Task<Result<void, StreamError>> wait_readable_tls(Instant deadline);
    Task<Result<void, StreamError>> shake_hands(Instant deadline);
    // Waits for what a step of TLS wanted before it can be repeated, or turns its end into an error.
    Task<Result<void, StreamError>> settle(TlsStep step, Instant deadline);
    Task<void> drain(Instant deadline);

    Descriptor socket_;
    Endpoint peer_, local_;
    std::unique_ptr<TlsSession> session_;
    State state_ = State::Plain;
    bool is_drained_ = false;    // the last read took all there was: the next one may as well wait at once
    std::uint8_t unwaited_ = 0;  // operations since the last wait
};

}  // namespace cursus
