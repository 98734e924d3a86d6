// TLS settings as OpenSSL contexts.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/certificate_names.h"
#include "base/free_by.h"
#include "runtime/tls.h"

namespace cursus {

using OpenSslContextPointer = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;

class OpenSslContext final : public TlsContext {
public:
    // Of a client.
    OpenSslContext(OpenSslContextPointer context, TlsVerify verify)
        : context_(std::move(context)), verify_(verify) {}
    // Of a server: one context for each certificate, the one for all first.
    OpenSslContext(std::vector<OpenSslContextPointer> contexts, CertificateNames names,
                   std::vector<TlsCertificateFacts> certificates);
    OpenSslContext(const OpenSslContext&) = delete;
    OpenSslContext& operator=(const OpenSslContext&) = delete;

    SSL_CTX* get() const { return context_.get(); }
    TlsVerify verify() const { return verify_; }  // of the server's name; None for a server's own context
    const std::vector<TlsCertificateFacts>& certificates() const override { return certificates_; }

private:
    static int choose(SSL* ssl, int* alert, void* self);  // OpenSSL's callback

    OpenSslContextPointer context_;
    TlsVerify verify_;
    std::vector<OpenSslContextPointer> others_;
    CertificateNames names_;  // 0: context_; 1: the first of others_
    std::vector<TlsCertificateFacts> certificates_;
};

class OpenSslFactory final : public TlsFactory {
public:
    Result<std::shared_ptr<TlsContext>, std::string> server(const TlsServerSettings& settings) override;
    Result<std::shared_ptr<TlsContext>, std::string> client(const TlsClientSettings& settings) override;
};

// The beginning of every context: TLS 1.2 and 1.3, no compression, no renegotiation, nothing kept.
Result<OpenSslContextPointer, std::string> make_openssl_context(const SSL_METHOD* method);

using OpenSslChecked = Result<void, std::string>;
OpenSslChecked openssl_can_read(std::string_view what, const std::string& path);
// "the certificate /a.pem cannot be used: ..."; empties the queue.
std::string openssl_unusable(std::string_view what, const std::string& path);

// Takes what OpenSSL has queued for this thread as one line for people, and empties the queue.
std::string openssl_errors();

}  // namespace cursus
