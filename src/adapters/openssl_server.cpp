// The contexts of a server: one for each certificate, and which of them a client gets.
#include <openssl/err.h>
#include <openssl/rand.h>

#include <array>
#include <span>

#include <fmt/format.h>

#include "adapters/certificate_facts.h"
#include "adapters/openssl_factory.h"
#include "adapters/tls_session.h"

namespace cursus {

namespace {

int take_any_server_name(SSL*, int*, void*) {
    return SSL_TLSEXT_ERR_OK;
}

// RFC 7301 §3.2. A client that says what it is going to speak must mean mail: a browser that was led here is
// turned away before its words can be taken for commands (ALPACA, CVE-2021-3618).
int take_mail_only(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
    static constexpr std::array<unsigned char, 11> ours{4, 's', 'm', 't', 'p', 5, 'e', 's', 'm', 't', 'p'};
    unsigned char* found = nullptr;
    const int outcome =
        SSL_select_next_proto(&found, chosen_size, ours.data(), ours.size(), offered, offered_size);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// RFC 6066 §3: the list's length, then one name with its type and its length. Nothing for whatever else.
std::string_view requested_name(SSL* ssl) {
    constexpr std::size_t before_the_name = 5;
    const unsigned char* octets = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &octets, &size) != 1) return {};
    if (size < before_the_name || octets[2] != TLSEXT_NAMETYPE_host_name) return {};
    const std::size_t name_size = (std::size_t{octets[3]} << 8U) + octets[4];
    if (name_size != size - before_the_name) return {};
    return {reinterpret_cast<const char*>(octets) + before_the_name, name_size};
}

OpenSslChecked load_identity(SSL_CTX* context, const std::string& chain, const std::string& key) {
    TRY_VOID(openssl_can_read("the certificate", chain));
    TRY_VOID(openssl_can_read("the private key", key));
    if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1) {
        return failure(openssl_unusable("the certificate", chain));
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        const auto reason = ERR_GET_REASON(ERR_peek_error());
        if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH) {
            ERR_clear_error();
            return failure(
                fmt::format("the private key {} does not belong to the certificate {}", key, chain));
        }
        return failure(openssl_unusable("the private key", key));
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        return failure(fmt::format("the private key {} does not belong to the certificate {}", key, chain));
    }
    return {};
}

OpenSslChecked ask_for_client_certificates(SSL_CTX* context, const TlsServerSettings& settings) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, TlsSession::note_and_go_on);
    // A session that goes on would bring the certificate of its beginning, which may have expired since or
    // count no more: so each connection shows it anew.
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    const std::string path = settings.client_ca.string();
    if (path.empty()) return {};
    TRY_VOID(openssl_can_read("the clients' CA file", path));
    if (SSL_CTX_load_verify_file(context, path.c_str()) != 1) {
        return failure(openssl_unusable("the clients' CA file", path));
    }
    if (settings.clients == TlsClientsAsked::OfAny) return {};
    STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(path.c_str());
    if (names == nullptr) return failure(openssl_unusable("the clients' CA file", path));
    SSL_CTX_set_client_CA_list(context, names);
    return {};
}

// OpenSSL takes a ticket up again only where this identifier is the same.
OpenSslChecked keep_sessions_apart(SSL_CTX* context) {
    std::array<unsigned char, SSL_MAX_SSL_SESSION_ID_LENGTH> id;
    if (RAND_bytes(id.data(), id.size()) == 1 &&
        SSL_CTX_set_session_id_context(context, id.data(), id.size()) == 1)
        return {};
    return failure(fmt::format("TLS cannot be set up: {}", openssl_errors()));
}

Result<OpenSslContextPointer, std::string> make_one(const TlsServerSettings& settings,
                                                    const std::string& chain, const std::string& key) {
    TRY(context, make_openssl_context(TLS_server_method()));
    SSL_CTX* const raw = context.get();
    TRY_VOID(load_identity(raw, chain, key));
    if (settings.clients != TlsClientsAsked::No) {
        TRY_VOID(ask_for_client_certificates(raw, settings));
    }
    if (settings.is_1_3_only) SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_dh_auto(raw, 1);
    SSL_CTX_set_tlsext_servername_callback(raw, take_any_server_name);
    SSL_CTX_set_alpn_select_cb(raw, take_mail_only, nullptr);
    TRY_VOID(keep_sessions_apart(raw));
    return context;
}

}  // namespace

OpenSslContext::OpenSslContext(std::vector<OpenSslContextPointer> contexts, CertificateNames names,
                               std::vector<TlsCertificateFacts> certificates)
    : context_(std::move(contexts.front())),
      verify_(TlsVerify::None),
      names_(std::move(names)),
      certificates_(std::move(certificates)) {
    for (auto& other : std::span(contexts).subspan(1)) others_.push_back(std::move(other));
    SSL_CTX_set_client_hello_cb(context_.get(), choose, this);
}

// Before OpenSSL looks at a ticket: one that was given under another certificate is then passed over.
int OpenSslContext::choose(SSL* ssl, int*, void* self) {
    const auto& context = *static_cast<const OpenSslContext*>(self);
    const auto found = context.names_.find(requested_name(ssl));
    if (found && *found > 0) SSL_set_SSL_CTX(ssl, context.others_[*found - 1].get());
    return SSL_CLIENT_HELLO_SUCCESS;
}

Result<std::shared_ptr<TlsContext>, std::string> OpenSslFactory::server(const TlsServerSettings& settings) {
    std::vector<TlsNamedCertificate> wanted = {{settings.certificate_chain, settings.private_key, {}}};
    wanted.insert(wanted.end(), settings.others.begin(), settings.others.end());
    std::vector<OpenSslContextPointer> contexts;
    CertificateNames names;
    std::vector<TlsCertificateFacts> certificates;
    for (const auto& one : wanted) {
        TRY(context, make_one(settings, one.certificate_chain.string(), one.private_key.string()));
        X509* const certificate = SSL_CTX_get0_certificate(context.get());
        certificates.push_back({one.certificate_chain, dns_names_of(certificate), end_of(certificate)});
        for (const auto& name : one.names.empty() ? certificates.back().names : one.names)
            names.add(name, contexts.size());
        contexts.push_back(std::move(context));
    }
    return std::make_shared<OpenSslContext>(std::move(contexts), std::move(names), std::move(certificates));
}

}  // namespace cursus
