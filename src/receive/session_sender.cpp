// MAIL: who may begin a transaction, and as whom.
#include <utility>

#include "receive/session.h"

namespace cursus {

Task<void> Session::perform(const MailCommand& command, std::string_view line) {
    if (const auto at_once = refusal_at_once(command)) {
        ++bad_commands_;
        co_return refuse_sender(command, *at_once);
    }
    const auto of_account = co_await refusal_of_account(command);
    if (of_account) {
        ++bad_commands_;
        co_return refuse_sender(command, *of_account);
    }
    const StageAnswer of_rules = co_await answer_of_rules(command, line);
    if (of_rules.refusal) {
        const Objection objection{of_rules.refusal->reply, of_rules.refusal->rule};
        refuse_sender(command, objection);
        co_return end_where_due(*of_rules.refusal);
    }
    if (phase_ == Phase::Closing) co_return;
    Timing timing = grant_timing(command.parameters, rules_->settings.submission, needs_.clock().wall_now());
    send(timing.is_lowered ? replies::priority_lowered(timing.priority) : replies::sender_ok);
    transaction_ =
        Transaction{as_it_goes_out(command.sender), command.parameters, std::move(timing), {}, 0, nullptr};
    move(Step::Mail);
}

void Session::refuse_sender(const MailCommand& command, const Objection& objection) {
    emit(SenderRefused{path_text(command.sender), std::string(objection.rule), objection.reply,
                       command.parameters.size.value_or(0)});
    send(objection.reply);
}

// By order, limits and what was offered: without asking anybody.
std::optional<Objection> Session::refusal_at_once(const MailCommand& command) {
    if (!after(phase_, Step::Mail)) return Objection{refusal_of_order(Step::Mail), "sequence"};
    // RFC 3207 §4: who must show a certificate must speak TLS first.
    if (listener_.client_certificates == ClientCertificates::Required && !stream_->tls())
        return Objection{replies::start_tls_first, "client-certificate"};
    // RFC 9422 §4.1: every MAIL counts, taken or not.
    if (mails_ >= rules_->settings.limits.messages_per_session) {
        close_after_reply("too many messages");
        return Objection{replies::too_many_messages, "messages-per-session"};
    }
    ++mails_;
    ++fruitless_;
    // RFC 6409 §4.3. Being listed in [relay] hosts does not do: port 25 is for hosts.
    const bool is_known = !account_.empty() || relay_client().shows_accepted_certificate;
    if (listener_.service == Service::Submission && !is_known)
        return Objection{reply_to_stranger(), "authentication"};
    return objection(command, hello_, rules_->settings, offering(), needs_.clock().wall_now());
}

const Reply& Session::reply_to_stranger() const {
    const bool tls_comes_first = tls_ && !stream_->tls() && offered_mechanisms().empty();
    return tls_comes_first ? replies::auth_required_after_tls : replies::auth_required;
}

// What whoever has logged in may not do.
Task<std::optional<Objection>> Session::refusal_of_account(const MailCommand& command) {
    if (account_.empty()) co_return std::nullopt;
    const auto* const sender = std::get_if<Mailbox>(&command.sender);
    // The null sender is anybody's: a mail program says with it that a message was read (RFC 8098 §2.1).
    if (sender != nullptr) {
        const auto may = co_await rules_->senders.may_send_as(account_, *sender);
        if (!may) {
            emit(Trouble{"senders", may.error().why});
            co_return Objection{replies::cannot_tell_whose_address, "senders"};
        }
        if (!*may) co_return Objection{replies::not_your_address, "senders"};
    }
    if (!may_use_account(AccountLimits::Use::Message))
        co_return Objection{replies::account_on_hold, "account-on-hold"};
    co_return std::nullopt;
}

// Counts it. False: the account is on hold, or is so from now on.
bool Session::may_use_account(AccountLimits::Use use) {
    if (account_.empty()) return true;
    AccountLimits& limits = needs_.accounts;
    const auto why = limits.use(account_, use, needs_.clock().now(), needs_.clock().wall_now());
    if (why) emit(AccountHeld{account_, *why});
    return !limits.is_held(account_);
}

ReversePath Session::as_it_goes_out(const ReversePath& sender) {
    if (!is_ours()) return sender;
    ReversePath shown = rules_->addresses.sender(sender);
    if (shown != sender) emit(Rewritten{"MAIL", path_text(sender), path_text(shown)});
    return shown;
}

}  // namespace cursus
