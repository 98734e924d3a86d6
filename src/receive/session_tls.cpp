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
    // RFC 3207 §4.2: all that the client said before is forgotten.
    move(Step::StartTls);
    hello_ = Hello::None;
    helo_.clear();
    account_.clear();
}

Task<void> Session::shake_hands() {
    input_.release();
    const auto shaken = co_await stream_->start_tls_server(tls_, needs_.clock.now() + handshake_timeout);
    if (shaken) {
        const TlsFacts& facts = *stream_->tls();
        emit(TlsStarted{facts.protocol, facts.cipher, facts.verified, facts.peer_subject});
        co_return;
    }
    std::string why = stream_->tls_failure();
    if (why.empty()) why = describe(shaken.error());
    emit(TlsFailed{std::move(why)});
    // No words: the client would not understand them between its TLS records.
    close_after_reply("TLS failed");
}

}  // namespace cursus
