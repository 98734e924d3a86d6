#include "adapters/openssl_factory.h"

#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace cursus {

namespace {

constexpr int errors_kept = 3;

// A key that wants a passphrase is an error: nobody sits at this terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

}  // namespace

OpenSslChecked openssl_can_read(std::string_view what, const std::string& path) {
    if (access(path.c_str(), R_OK) == 0) return {};
    return failure(fmt::format("{} {}: {}", what, path, std::system_category().message(errno)));
}

std::string openssl_unusable(std::string_view what, const std::string& path) {
    return fmt::format("{} {} cannot be used: {}", what, path, openssl_errors());
}

Result<OpenSslContextPointer, std::string> make_openssl_context(const SSL_METHOD* method) {
    ERR_clear_error();
    OpenSslContextPointer context(SSL_CTX_new(method));
    if (!context) return failure(fmt::format("TLS cannot be set up: {}", openssl_errors()));
    SSL_CTX* const raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);  // RFC 8996
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(
        raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets do; nothing is kept here
    SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
    return context;
}

std::string openssl_errors() {
    std::string text;
    for (int i = 0; i < errors_kept; ++i) {
        const unsigned long error = ERR_get_error();
        if (error == 0) break;
        const char* const reason = ERR_SYSTEM_ERROR(error) ? nullptr : ERR_reason_error_string(error);
        const std::string words = ERR_SYSTEM_ERROR(error)
                                      ? std::system_category().message(ERR_GET_REASON(error))
                                  : reason != nullptr ? std::string(reason)
                                                      : fmt::format("OpenSSL error {:x}", error);
        if (!text.empty()) text += "; ";
        text += words;
    }
    ERR_clear_error();
    return text.empty() ? "unknown error" : text;
}

Result<std::shared_ptr<TlsContext>, std::string> OpenSslFactory::client(const TlsClientSettings& settings) {
    TRY(context, make_openssl_context(TLS_client_method()));
    if (settings.verify == TlsVerify::None) {
        // RFC 7435 §1: what is weak still beats plaintext, which is what a refusal would lead to.
        SSL_CTX_set_security_level(context.get(), 1);
        return std::make_shared<OpenSslContext>(std::move(context), TlsVerify::None);
    }
    const std::string roots = settings.trusted_roots.string();
    if (roots.empty()) {
        if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
            return failure(fmt::format("the system's trusted roots cannot be used: {}", openssl_errors()));
        }
    } else {
        TRY_VOID(openssl_can_read("the trusted roots", roots));
        if (SSL_CTX_load_verify_file(context.get(), roots.c_str()) != 1) {
            return failure(openssl_unusable("the trusted roots", roots));
        }
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return std::make_shared<OpenSslContext>(std::move(context), TlsVerify::Name);
}

}  // namespace cursus
