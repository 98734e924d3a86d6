// One TLS connection over a socket, step by step; waiting is the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/openssl_factory.h"
#include "runtime/stream.h"

namespace cursus {

enum class TlsStep : std::uint8_t {
    Done,
    WantsToRead,   // repeat the step when the socket can be read
    WantsToWrite,  // repeat it when the socket can be written
    Ended,         // the peer's close_notify
    Broken,        // the connection ended without one
    Failed,        // the protocol was violated, or the handshake refused: failure() says why
};

enum class TlsRole : std::uint8_t { Server, Client };

class TlsSession {
public:
    // `fd` is a non-blocking socket that stays the caller's. For a client `server_name` is a domain name or
    // an address in text form; a server gives none.
    TlsSession(std::shared_ptr<OpenSslContext> context, int fd, TlsRole role, std::string server_name);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    // OpenSSL's callback for contexts of servers: a client's certificate is asked for, and what it proves is
    // recorded; a bad one does not end the handshake.
    static int note_and_go_on(int is_in_order, X509_STORE_CTX* chain);

    TlsStep shake_hands();
    TlsStep read(std::span<char> buffer, std::size_t& got);
    TlsStep wait_for_byte();  // Done: read() has something to give, or the end
    TlsStep write(std::string_view bytes, std::size_t& taken);  // one record at most is taken
    TlsStep say_goodbye();                                      // close_notify

    const std::optional<TlsFacts>& facts() const { return facts_; }  // once the handshake is Done
    const std::string& failure_text() const { return failure_; }

private:
    TlsStep outcome(int result);
    void name_the_server();
    void note_facts();

    std::shared_ptr<OpenSslContext> context_;
    std::unique_ptr<SSL, FreeBy<SSL_free>> ssl_;
    TlsRole role_;
    std::string server_name_;
    std::optional<TlsFacts> facts_;
    std::string failure_;
    int chain_error_ = X509_V_OK;  // of the peer's chain, the first one
};

}  // namespace cursus
