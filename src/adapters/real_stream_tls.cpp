// The half of RealStream that speaks TLS.
#include <algorithm>
#include <cassert>

#include "adapters/real_stream.h"

namespace cursus {

namespace {
constexpr std::size_t record_bytes_max = 16 * 1024;  // RFC 8446 §5.1
}

Task<Result<void, StreamError>> RealStream::settle(TlsStep step, Instant deadline) {
    assert(step != TlsStep::Done);
    switch (step) {
        case TlsStep::WantsToRead:
            co_return co_await socket_.wait(Readiness::ToRead, deadline);
        case TlsStep::WantsToWrite:
            co_return co_await socket_.wait(Readiness::ToWrite, deadline);
        case TlsStep::Ended:
            co_return failure(StreamError::Closed);
        case TlsStep::Failed:
            state_ = State::HandshakeFailed;
            co_return failure(StreamError::Tls);
        case TlsStep::Done:
        case TlsStep::Broken:
            break;
    }
    state_ = State::TlsBroken;
    co_return failure(StreamError::Reset);
}

Task<Result<std::size_t, StreamError>> RealStream::read_tls(std::span<char> buffer, Instant deadline) {
    if (!may_go_on()) {
        // Going through the loop once: the socket can nearly always be written.
        CO_TRY_VOID(co_await socket_.wait(Readiness::ToWrite, deadline));
    }
    for (;;) {
        std::size_t got = 0;
        const TlsStep step = session_->read(buffer, got);
        if (step == TlsStep::Done) co_return got;
        CO_TRY_VOID(co_await settle(step, deadline));
    }
}

Task<Result<void, StreamError>> RealStream::wait_readable_tls(Instant deadline) {
    for (;;) {
        const TlsStep step = session_->wait_for_byte();
        if (step == TlsStep::Done) co_return Result<void, StreamError>();
        CO_TRY_VOID(co_await settle(step, deadline));
    }
}

// A step that is repeated must be given the same bytes again (SSL_write): so small pieces are joined once.
Task<Result<void, StreamError>> RealStream::write_tls(std::span<const std::string_view> pieces,
                                                      Instant deadline) {
    std::string joined;
    while (!pieces.empty()) {
        std::string_view next = pieces.front();
        pieces = pieces.subspan(1);
        if (next.size() < record_bytes_max && !pieces.empty()) {
            joined = next;
            while (!pieces.empty() && joined.size() + pieces.front().size() <= record_bytes_max) {
                joined += pieces.front();
                pieces = pieces.subspan(1);
            }
            next = joined;
        }
        CO_TRY_VOID(co_await write_record(next, deadline));
    }
    co_return Result<void, StreamError>();
}

Task<Result<void, StreamError>> RealStream::write_record(std::string_view bytes, Instant deadline) {
    while (!bytes.empty()) {
        std::size_t taken = 0;
        const TlsStep step = session_->write(bytes, taken);
        if (step == TlsStep::Done) {
            bytes.remove_prefix(taken);
            continue;
        }
        CO_TRY_VOID(co_await settle(step, deadline));
    }
    co_return Result<void, StreamError>();
}

Task<Result<void, StreamError>> RealStream::start_tls_server(std::shared_ptr<TlsContext> context,
                                                             Instant deadline) {
    if (const auto refused = refusal()) co_return failure(*refused);
    assert(state_ == State::Plain && "TLS is started once");
    session_ = std::make_unique<TlsSession>(std::static_pointer_cast<OpenSslContext>(std::move(context)),
                                            socket_.fd(), TlsRole::Server, std::string());
    co_return co_await shake_hands(deadline);
}

Task<Result<void, StreamError>> RealStream::start_tls_client(std::shared_ptr<TlsContext> context,
                                                             std::string server_name, Instant deadline) {
    if (const auto refused = refusal()) co_return failure(*refused);
    assert(state_ == State::Plain && "TLS is started once");
    session_ = std::make_unique<TlsSession>(std::static_pointer_cast<OpenSslContext>(std::move(context)),
                                            socket_.fd(), TlsRole::Client, std::move(server_name));
    co_return co_await shake_hands(deadline);
}

Task<Result<void, StreamError>> RealStream::shake_hands(Instant deadline) {
    state_ = State::HandshakeFailed;  // until it has held: a handshake that was left half way leaves nothing
                                      // usable
    for (;;) {
        const TlsStep step = session_->shake_hands();
        if (step == TlsStep::Done) break;
        if (step != TlsStep::WantsToRead && step != TlsStep::WantsToWrite)
            co_return failure(StreamError::Tls);
        CO_TRY_VOID(co_await settle(step, deadline));
    }
    state_ = State::Tls;
    co_return Result<void, StreamError>();
}

}  // namespace cursus
