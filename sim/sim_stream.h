// One side of a simulated connection as a Stream.
#pragma once

#include <memory>

#include "runtime/clock.h"
#include "runtime/stream.h"
#include "sim/connection.h"

namespace cursus {

class SimStream : public Stream {
public:
    SimStream(std::shared_ptr<Connection> connection, SideOf side, Clock& clock);
    ~SimStream() override;

    Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant deadline) override;
    using Stream::write;
    Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces,
                                          Instant deadline) override;
    Task<Result<void, StreamError>> wait_readable(Instant deadline) override;
    bool may_be_readable() override;
    Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext> context,
                                                     Instant deadline) override;
    Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext> context,
                                                     std::string server_name, Instant deadline) override;
    const std::optional<TlsFacts>& tls() const override { return tls_; }
    std::string tls_failure() const override { return tls_failure_; }
    Task<void> close(Instant deadline) override;
    void cancel() override;
    void expire() override;
    const Endpoint& peer() const override { return peer_; }
    const Endpoint& local() const override { return local_; }

    // For simulated peers: breaks the connection as a crash would.
    void reset() { connection_->reset(side_); }

private:
    Connection::Side& mine() { return connection_->side(side_); }
    std::optional<StreamError> trouble();  // what stops any operation
    Result<void, StreamError> tls_trouble(std::string why);
    Task<Result<std::shared_ptr<const SimHandshake>, StreamError>> read_handshake(Instant deadline);
    void note_tls(const std::optional<SimCertificate>& peer_certificate, std::string server_name);

    std::shared_ptr<Connection> connection_;
    SideOf side_;
    Clock& clock_;
    Endpoint peer_, local_;
    Event changed_;
    bool is_cancelled_ = false;
    bool is_expired_ = false;  // the wait that is pending is over
    std::optional<TlsFacts> tls_;
    std::string tls_failure_;
};

}  // namespace cursus
