#include "adapters/openssl_factory.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace cursus {

namespace {

using ContextPointer = std::unique_ptr<SSL_CTX, OpenSslFree>;
using Checked = Result<void, std::string>;

constexpr int errors_kept = 3;

// A key that wants a passphrase is an error: nobody sits at this terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

int take_any_server_name(SSL*, int*, void*) {
    return SSL_TLSEXT_ERR_OK;
}

// A client's certificate is asked for, and what it proves is recorded; a bad one does not end the handshake.
int note_and_go_on(int, X509_STORE_CTX*) {
    return 1;
}

Checked readable(std::string_view what, const std::string& path) {
    if (access(path.c_str(), R_OK) == 0) return {};
    return failure(fmt::format("{} {}: {}", what, path, std::system_category().message(errno)));
}

std::string unusable(std::string_view what, const std::string& path) {
    return fmt::format("{} {} cannot be used: {}", what, path, openssl_errors());
}

Result<ContextPointer, std::string> make_context(const SSL_METHOD* method) {
    ERR_clear_error();
    ContextPointer context(SSL_CTX_new(method));
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

Checked load_identity(SSL_CTX* context, const TlsServerSettings& settings) {
    const std::string chain = settings.certificate_chain.string(), key = settings.private_key.string();
    TRY_VOID(readable("the certificate", chain));
    TRY_VOID(readable("the private key", key));
    if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1) {
        return failure(unusable("the certificate", chain));
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        const auto reason = ERR_GET_REASON(ERR_peek_error());
        if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH) {
            ERR_clear_error();
            return failure(
                fmt::format("the private key {} does not belong to the certificate {}", key, chain));
        }
        return failure(unusable("the private key", key));
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        return failure(fmt::format("the private key {} does not belong to the certificate {}", key, chain));
    }
    return {};
}

Checked ask_for_client_certificates(SSL_CTX* context, const std::string& path) {
    TRY_VOID(readable("the clients' CA file", path));
    if (SSL_CTX_load_verify_file(context, path.c_str()) != 1) {
        return failure(unusable("the clients' CA file", path));
    }
    STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(path.c_str());
    if (names == nullptr) return failure(unusable("the clients' CA file", path));
    SSL_CTX_set_client_CA_list(context, names);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_and_go_on);
    return {};
}

}  // namespace

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

Result<std::shared_ptr<TlsContext>, std::string> OpenSslFactory::server(const TlsServerSettings& settings) {
    TRY(context, make_context(TLS_server_method()));
    TRY_VOID(load_identity(context.get(), settings));
    if (!settings.client_ca.empty()) {
        TRY_VOID(ask_for_client_certificates(context.get(), settings.client_ca.string()));
    }
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_dh_auto(context.get(), 1);
    SSL_CTX_set_tlsext_servername_callback(context.get(), take_any_server_name);
    // A ticket of another context, one with other rules for its clients say, is no good here.
    std::array<unsigned char, SSL_MAX_SSL_SESSION_ID_LENGTH> id;
    if (RAND_bytes(id.data(), id.size()) != 1 ||
        SSL_CTX_set_session_id_context(context.get(), id.data(), id.size()) != 1) {
        return failure(fmt::format("TLS cannot be set up: {}", openssl_errors()));
    }
    return std::make_shared<OpenSslContext>(std::move(context), TlsVerify::None);
}

Result<std::shared_ptr<TlsContext>, std::string> OpenSslFactory::client(const TlsClientSettings& settings) {
    TRY(context, make_context(TLS_client_method()));
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
        TRY_VOID(readable("the trusted roots", roots));
        if (SSL_CTX_load_verify_file(context.get(), roots.c_str()) != 1) {
            return failure(unusable("the trusted roots", roots));
        }
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return std::make_shared<OpenSslContext>(std::move(context), TlsVerify::Name);
}

}  // namespace cursus
