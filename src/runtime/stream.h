// A connection as the sessions see it: bytes in, bytes out, an optional upgrade to TLS, deadlines as results.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/task.h"

namespace cursus {

enum class StreamError : std::uint8_t {
    Closed,     // the peer ended its side in order (end of file, TLS close_notify)
    Reset,      // the connection broke: reset, TLS truncation, unreachable
    TimedOut,   // the deadline passed first
    Cancelled,  // cancel() was called
    Tls,        // the handshake failed or the TLS layer was violated; tls_failure() says how
};
std::string_view describe(StreamError error);

// What a finished handshake proved. `verified` is set only when the peer's chain and name were checked and
// held.
struct TlsFacts {
    std::string protocol;     // "TLSv1.3"
    std::string cipher;       // "TLS_AES_256_GCM_SHA384"
    int cipher_bits = 0;      // of its key; 0: not known
    std::string server_name;  // SNI sent (client) or received (server); lower case, empty when absent
    bool verified = false;
    std::string peer_subject;      // subject of the peer's certificate, empty when it showed none
    std::string peer_issuer = {};  // who has issued it
    std::vector<std::string> peer_names =
        {};  // e-mail addresses in its certificate's subjectAltName, then its common name
    std::string peer_fingerprint;  // SHA-256 of it, lower-case hex, empty when it showed none
    std::string verify_error;      // why it is not verified, in OpenSSL's words
    // What both ends of this one connection know, and nobody else: for SCRAM-...-PLUS. Binary; empty where
    // the version of TLS has none.
    std::string exporter = {};  // tls-exporter, RFC 9266 (TLS 1.3)
    std::string unique = {};    // tls-unique, RFC 5929 §3 (TLS 1.2)
};

// An opaque, shared, immutable set of TLS settings, made by the world's TlsFactory (runtime/tls.h).
class TlsContext;

class Stream {
public:
    virtual ~Stream() = default;  // closes, abruptly if the stream is still open

    // At least one byte, at most buffer.size(); StreamError::Closed at the end.
    virtual Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant deadline) = 0;

    // All of it or an error; after an error nothing is known about how much arrived. `pieces` and what they
    // point at must live until this returns. One gathered write where the transport allows it.
    virtual Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces,
                                                  Instant deadline) = 0;
    Task<Result<void, StreamError>> write(std::string_view bytes, Instant deadline);

    // Resolves when at least one byte (or the end) can be read, without holding a buffer: what an idle
    // session waits in. After it a read_some returns at once.
    virtual Task<Result<void, StreamError>> wait_readable(Instant deadline) = 0;

    // False: nothing has arrived that nobody has read, and the peer has not ended its side. Asked, without
    // waiting, before a connection that was kept is used again. A stream that cannot tell says true.
    virtual bool may_be_readable() { return true; }

    // TLS on top of what is open. Bytes that arrived before the handshake must already be consumed: anything
    // the caller still holds in a buffer of its own is plaintext and must be thrown away (RFC 3207 §6,
    // CVE-2011-0411).
    virtual Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext> context,
                                                             Instant deadline) = 0;
    // `server_name` is sent as SNI and is the name that is verified when the context asks for it.
    virtual Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext> context,
                                                             std::string server_name, Instant deadline) = 0;
    virtual const std::optional<TlsFacts>& tls() const = 0;  // set once a handshake has finished
    virtual std::string tls_failure() const = 0;             // why the last handshake failed, for people

    // Ends the connection in order: flushes, TLS close_notify, FIN. Never waits for the peer beyond
    // `deadline`.
    virtual Task<void> close(Instant deadline) = 0;

    // Makes the pending operation, and every later one, return Cancelled. From the stream's own reactor only.
    virtual void cancel() = 0;
    // Lets the deadline of a pending wait_readable pass now: it returns TimedOut, and the stream stays as it
    // is, so that a last reply can be written. Nothing happens when none is pending. From the stream's own
    // reactor only. A stream that cannot do it is cancelled.
    virtual void expire() { cancel(); }

    virtual const Endpoint& peer() const = 0;
    virtual const Endpoint& local() const = 0;
};

}  // namespace cursus
