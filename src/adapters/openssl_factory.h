// TLS settings as OpenSSL contexts.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "runtime/tls.h"

namespace cursus {

struct OpenSslFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};

// TLS 1.2 and 1.3, no compression, no renegotiation; sessions and tickets are good for the one context only.
class OpenSslContext final : public TlsContext {
public:
    OpenSslContext(std::unique_ptr<SSL_CTX, OpenSslFree> context, TlsVerify verify)
        : context_(std::move(context)), verify_(verify) {}
    SSL_CTX* get() const { return context_.get(); }
    TlsVerify verify() const { return verify_; }  // of the server's name; None for a server's own context

private:
    std::unique_ptr<SSL_CTX, OpenSslFree> context_;
    TlsVerify verify_;
};

class OpenSslFactory final : public TlsFactory {
public:
    Result<std::shared_ptr<TlsContext>, std::string> server(const TlsServerSettings& settings) override;
    Result<std::shared_ptr<TlsContext>, std::string> client(const TlsClientSettings& settings) override;
};

// Takes what OpenSSL has queued for this thread as one line for people, and empties the queue.
std::string openssl_errors();

}  // namespace cursus
