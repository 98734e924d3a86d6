// STARTTLS, RFC 3207, and TLS from the first octet on, RFC 8314 §3.
#include <utility>

#include "receive/session.h"

namespace cursus {

const Reply* Session::refusal_of_tls() const {
    if (stream_->tls()) return &replies::tls_already_active;
    if (!tls_ || listener_.tls != ListenerTls::StartTls) return &replies::tls_not_offered;
    if (!after(phase_, Step::StartTls)) return &refusal_of_order(Step::StartTls);
    return nullptr;
}

Task<void> Session::perform(const StartTlsCommand&) {
    if (const Reply* const reply = refusal_of_tls()) {
        refuse_command("STARTTLS", *reply);
        co_return co_await flush();
    }
    // RFC 3207 §4: the last command of its group. What came behind it in the clear may be an attacker's, and
    // must neither be obeyed inside TLS nor be dropped without a word.
    if (!input_.empty()) {
        refuse_command("STARTTLS", replies::data_before_reply);
        co_return close_after_reply("plaintext behind STARTTLS");
    }
    send(replies::start_tls_ok);
    co_await flush();
    if (phase_ == Phase::Closing) co_return;
    co_await shake_hands();
    if (phase_ == Phase::Closing) co_return;
    start_over(Step::StartTls);  // RFC 3207 §4.2
}

// Whom a trusted host speaks for it does not forget: it would have its own rights back.
void Session::start_over(Step step) {
    move(step);
    hello_ = Hello::None;
    helo_.clear();
    account_.clear();
    mechanism_.clear();
    if (doorkeeper_) doorkeeper_->forget_hello();
}

Task<void> Session::shake_hands() {
    input_.release();
    auto context = co_await tls_->current();
    const auto shaken =
        co_await stream_->start_tls_server(std::move(context), needs_.clock().now() + handshake_timeout);
    if (shaken) {
        const TlsFacts& facts = *stream_->tls();
        emit(TlsStarted{facts.protocol, facts.cipher, facts.verified, facts.peer_subject,
                        facts.peer_fingerprint});
        co_return look_at_certificate(facts);
    }
    std::string why = stream_->tls_failure();
    if (why.empty()) why = describe(shaken.error());
    emit(TlsFailed{std::move(why)});
    // No words: the client would not understand them between its TLS records.
    close_after_reply("TLS failed");
}

// A handshake that broke for want of a certificate would tell people nothing: the session says it, and ends.
void Session::look_at_certificate(const TlsFacts& facts) {
    shows_accepted_certificate_ = rules_->certificates.accepts(facts);
    if (listener_.client_certificates != ClientCertificates::Required || shows_accepted_certificate_) return;
    const Reply& reply =
        facts.peer_fingerprint.empty() ? replies::certificate_missing : replies::certificate_not_accepted;
    emit(ConnectionRefused{"client-certificate", reply, facts.verify_error});
    close_after(reply, "no accepted certificate");
}

}  // namespace cursus
