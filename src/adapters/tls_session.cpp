#include "adapters/tls_session.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <new>
#include <system_error>

#include <fmt/format.h>

#include "adapters/certificate_facts.h"
#include "adapters/channel_bindings.h"
#include "base/ip.h"

namespace cursus {

namespace {

std::string_view text_or_nothing(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

TlsSession::TlsSession(std::shared_ptr<OpenSslContext> context, int fd, TlsRole role, std::string server_name)
    : context_(std::move(context)),
      ssl_(SSL_new(context_->get())),
      role_(role),
      server_name_(std::move(server_name)) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), fd) != 1) throw std::bad_alloc();
    SSL_set_app_data(ssl_.get(), this);
    if (role_ == TlsRole::Server) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
        name_the_server();
    }
}

// RFC 6066 §3: an address is no server name; RFC 9525 §6.3 for what the certificate must then show. Its
// common name is none of it, whatever else it lacks (§2).
void TlsSession::name_the_server() {
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl_.get());
    X509_VERIFY_PARAM_set_hostflags(
        wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    bool is_set = true;
    if (IpAddress::parse(server_name_)) {
        is_set = X509_VERIFY_PARAM_set1_ip_asc(wanted, server_name_.c_str()) == 1;
    } else if (!server_name_.empty()) {
        is_set = X509_VERIFY_PARAM_set1_host(wanted, server_name_.data(), server_name_.size()) == 1 &&
                 SSL_set_tlsext_host_name(ssl_.get(), server_name_.c_str()) == 1;
    } else {
        is_set = context_->verify() == TlsVerify::None;
    }
    if (!is_set) failure_ = fmt::format("'{}' is no name to verify a server by", server_name_);
}

TlsStep TlsSession::outcome(int result) {
    const int system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_NONE:
            return TlsStep::Done;
        case SSL_ERROR_WANT_READ:
            return TlsStep::WantsToRead;
        case SSL_ERROR_WANT_WRITE:
            return TlsStep::WantsToWrite;
        case SSL_ERROR_ZERO_RETURN:
            return TlsStep::Ended;
        case SSL_ERROR_SYSCALL:
            failure_ =
                system_error == 0 ? "the connection ended" : std::system_category().message(system_error);
            ERR_clear_error();
            return TlsStep::Broken;
        default:
            break;
    }
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        failure_ = "the peer ended the connection without ending TLS";
        return TlsStep::Broken;
    }
    const long verified = SSL_get_verify_result(ssl_.get());
    failure_ = openssl_errors();
    if (context_->verify() == TlsVerify::Name && verified != X509_V_OK) {
        failure_ += fmt::format(" ({})", X509_verify_cert_error_string(verified));
    }
    return TlsStep::Failed;
}

TlsStep TlsSession::shake_hands() {
    if (!failure_.empty()) return TlsStep::Failed;
    ERR_clear_error();
    errno = 0;
    const TlsStep step = outcome(SSL_do_handshake(ssl_.get()));
    if (step == TlsStep::Done) note_facts();
    return step;
}

TlsStep TlsSession::read(std::span<char> buffer, std::size_t& got) {
    ERR_clear_error();
    errno = 0;
    return outcome(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got));
}

TlsStep TlsSession::wait_for_byte() {
    if (SSL_pending(ssl_.get()) > 0) return TlsStep::Done;
    ERR_clear_error();
    errno = 0;
    char byte = 0;
    std::size_t got = 0;
    const TlsStep step = outcome(SSL_peek_ex(ssl_.get(), &byte, 1, &got));
    return step == TlsStep::Ended ? TlsStep::Done : step;
}

TlsStep TlsSession::write(std::string_view bytes, std::size_t& taken) {
    ERR_clear_error();
    errno = 0;
    return outcome(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken));
}

TlsStep TlsSession::say_goodbye() {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_shutdown(ssl_.get());
    return result >= 0 ? TlsStep::Done : outcome(result);  // 0: sent, and the peer's not there yet
}

// Later certificates of a chain may be in order: what was found wrong first stays.
int TlsSession::note_and_go_on(int is_in_order, X509_STORE_CTX* chain) {
    if (is_in_order == 1) return 1;
    const auto* const ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const session = static_cast<TlsSession*>(SSL_get_app_data(ssl));
    if (session->chain_error_ == X509_V_OK) session->chain_error_ = X509_STORE_CTX_get_error(chain);
    return 1;
}

void TlsSession::note_facts() {
    TlsFacts facts;
    facts.protocol = SSL_get_version(ssl_.get());
    facts.cipher = SSL_get_cipher_name(ssl_.get());
    facts.cipher_bits = SSL_get_cipher_bits(ssl_.get(), nullptr);
    facts.server_name =
        role_ == TlsRole::Client
            ? server_name_
            : plain_host_name(text_or_nothing(SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name)));
    const std::unique_ptr<X509, FreeBy<X509_free>> peer(SSL_get1_peer_certificate(ssl_.get()));
    const bool is_asked = SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE;
    const long verified = chain_error_ != X509_V_OK ? chain_error_ : SSL_get_verify_result(ssl_.get());
    facts.verified = peer && is_asked && verified == X509_V_OK;
    if (!facts.verified) {
        facts.verify_error = !is_asked ? "certificates are not verified here"
                             : !peer   ? "no certificate was shown"
                                       : X509_verify_cert_error_string(verified);
    }
    if (peer) {
        facts.peer_subject = subject_of(peer.get());
        facts.peer_issuer = issuer_of(peer.get());
        facts.peer_names = person_names_of(peer.get());
        facts.peer_fingerprint = fingerprint_of(peer.get());
    }
    facts.exporter = exporter_binding(ssl_.get());
    facts.unique = unique_binding(ssl_.get());
    facts_ = std::move(facts);
}

}  // namespace cursus
