// The commands that are answered at once.
#include <utility>

#include "mail/replies.h"
#include "receive/session.h"

namespace cursus {

Reply Session::greet(std::string_view name, Hello hello) {
    abandon();
    move(Step::Hello);
    hello_ = hello;
    helo_ = name;
    ++fruitless_;
    emit(Greeted{helo_, is_extended(hello)});
    if (hello == Hello::Helo) return replies::hello(own_name());
    const bool offers_tls = tls_ && listener_.tls == ListenerTls::StartTls && !stream_->tls();
    return ehlo_reply(needs_.settings, {identity_.client().address, offers_tls, may_restate_client()});
}

// Each dialect has a greeting of its own, so that neither is mistaken for the other, RFC 2033 §4.1.
const Reply* Session::refusal_of_dialect(const Command& command) const {
    const bool is_lhlo = std::holds_alternative<LhloCommand>(command);
    const bool is_hello =
        std::holds_alternative<HeloCommand>(command) || std::holds_alternative<EhloCommand>(command);
    if (dialect() == Dialect::Smtp && is_lhlo) return &replies::lhlo_is_for_lmtp;
    if (dialect() == Dialect::Lmtp && is_hello) return &replies::lmtp_wants_lhlo;
    return nullptr;
}

Reply Session::answer(const MailCommand& command) {
    const auto refuse = [&](const Reply& reply, std::string_view rule) {
        emit(SenderRefused{path_text(command.sender), std::string(rule), reply});
        ++bad_commands_;
        return reply;
    };
    if (!after(phase_, Step::Mail)) return refuse(refusal_of_order(Step::Mail), "sequence");
    // RFC 3207 §4: who must show a certificate must speak TLS first.
    if (listener_.client_certificates == ClientCertificates::Required && !stream_->tls())
        return refuse(replies::start_tls_first, "client-certificate");
    // RFC 9422 §4.1: every MAIL counts, taken or not.
    if (mails_ >= needs_.settings.limits.messages_per_session) {
        close_after_reply("too many messages");
        return refuse(replies::too_many_messages, "messages-per-session");
    }
    ++mails_;
    ++fruitless_;
    if (const auto reason = objection(command, hello_, needs_.settings.limits)) {
        return refuse(reason->reply, reason->rule);
    }
    transaction_ = Transaction{as_it_goes_out(command.sender), command.parameters, {}, 0, nullptr};
    move(Step::Mail);
    return replies::sender_ok;
}

ReversePath Session::as_it_goes_out(const ReversePath& sender) {
    if (!is_ours()) return sender;
    ReversePath shown = needs_.addresses.sender(sender);
    if (shown != sender) emit(Rewritten{"MAIL", path_text(sender), path_text(shown)});
    return shown;
}

Reply Session::answer(const RsetCommand&) {
    abandon();
    move(Step::Reset);
    ++fruitless_;
    return replies::reset_ok;
}

Reply Session::answer(const QuitCommand&) {
    close_after_reply("QUIT");
    return replies::closing(own_name());
}

Reply Session::answer_query(const Reply& reply) {
    ++fruitless_;
    return reply;
}

}  // namespace cursus
