// RCPT: who is taken, and what is to be found out before that is known.
#include <utility>

#include "mail/replies.h"
#include "receive/session.h"

namespace cursus {

Task<void> Session::perform(const RcptCommand& command, std::string_view line) {
    std::optional<Reply> refused = refusal_at_once(command);
    if (!refused) {
        auto found = co_await rules_->local.refusal(command.recipient, transaction_->sender);
        if (found) refused = refuse_mailbox(command.recipient, *std::move(found));
    }
    if (!refused)
        refused = co_await refusal_by_rules(command.recipient, line);
    else if (doorkeeper_ && transaction_)
        co_await wait_by_rules(command.recipient, line, *refused);
    if (phase_ == Phase::Closing) co_return;
    if (!refused) {
        transaction_->recipients.push_back({command.recipient, {}, {}});
        move(Step::Rcpt);
    }
    send(refused.value_or(replies::recipient_ok));
}

// By order, limits and the relay invariant: without asking anybody.
std::optional<Reply> Session::refusal_at_once(const RcptCommand& command) {
    if (!after(phase_, Step::Rcpt)) {
        // RFC 2920 §3.1: a pipelining client has sent it before it could hear that its MAIL was refused.
        const bool may_follow_refused_mail = phase_ == Phase::Greeted;
        if (!may_follow_refused_mail) ++bad_commands_;
        return refuse_recipient(command.recipient, refusal_of_order(Step::Rcpt), "sequence");
    }
    // RFC 9422 §4.2: every RCPT of the transaction counts, taken or not.
    const std::uint64_t most = rules_->settings.limits.recipients;
    if (++transaction_->recipient_commands > most) {
        // RFC 5321 §4.5.3.1.10: the client goes on with those that were taken, and may have sent all the
        // others before it heard of it. Only beyond twice as many has it lost its way.
        if (transaction_->recipient_commands > 2 * most) ++fruitless_;
        emit(RecipientRefused{command.recipient.text(), "recipients", replies::too_many_recipients});
        return replies::too_many_recipients;
    }
    if (const auto reason = objection(command, transaction_->parameters.smtputf8)) {
        ++bad_commands_;
        return refuse_recipient(command.recipient, reason->reply, reason->rule);
    }
    const RelayRule rule = rules_->relay.decide(relay_client(), command.recipient);
    if (!is_allowed(rule)) return refuse_recipient(command.recipient, replies::relay_denied, name(rule));
    if (!may_use_account(AccountLimits::Use::Recipient))
        return refuse_recipient(command.recipient, replies::account_on_hold, "account-on-hold");
    return std::nullopt;
}

Reply Session::refuse_mailbox(const Mailbox& recipient, RecipientRefusal refusal) {
    if (!refusal.why.empty()) emit(Trouble{"local", std::move(refusal.why)});
    if (refusal.reply.is_permanent()) note_unknown_recipient();
    return refuse_recipient(recipient, refusal.reply, refusal.rule);
}

Reply Session::refuse_recipient(const Mailbox& recipient, const Reply& reply, std::string_view rule) {
    emit(RecipientRefused{recipient.text(), std::string(rule), reply});
    ++fruitless_;
    return reply;
}

}  // namespace cursus
