#include "deliver/classify.h"

#include <fmt/format.h>

namespace cursus {

namespace {

constexpr int closing_channel = 421;
constexpr int takes_no_mail_at_all = 521;

// RFC 5321 §4.5.3.1.10: 452, and 552 as RFC 821 had it. A status other than X.5.3 says that something else is
// meant (X.2.2, a full mailbox).
bool says_too_many_recipients(const Reply& reply) {
    if (reply.code() != 452 && reply.code() != 552) return false;
    return !reply.status() || (reply.status()->subject == 5 && reply.status()->detail == 3);
}

bool is_of_recipient(SmtpStage lmtp_stage) {
    return lmtp_stage == SmtpStage::Rcpt || lmtp_stage == SmtpStage::FinalDot;
}

Remedy by_first_digit(const Reply& reply) {
    return reply.is_permanent() ? Remedy::Never : Remedy::Later;
}

bool is_before_mail(SmtpStage stage) {
    return stage == SmtpStage::Connect || stage == SmtpStage::Greeting || stage == SmtpStage::Ehlo ||
           stage == SmtpStage::StartTls || stage == SmtpStage::Auth;
}

}  // namespace

bool says_mailbox_full(const Reply& reply) {
    return reply.status() && reply.status()->subject == 2 && reply.status()->detail == 2;
}

Classification classify(SmtpStage stage, const Reply& reply, Dialect dialect) {
    if (reply.code() == closing_channel) return {Blame::Host, Remedy::Later};
    if (is_before_mail(stage)) {
        const bool never = stage == SmtpStage::Greeting && reply.code() == takes_no_mail_at_all;
        return {Blame::Host, never ? Remedy::Never : Remedy::Later};
    }
    if (!reply.is_transient() && !reply.is_permanent()) return {Blame::Host, Remedy::Later};
    if (dialect == Dialect::Lmtp && is_of_recipient(stage) && says_mailbox_full(reply))
        return {Blame::Recipient, Remedy::Later};
    if (stage == SmtpStage::Rcpt) {
        if (says_too_many_recipients(reply)) return {Blame::Recipient, Remedy::AtOnce};
        return {Blame::Recipient, by_first_digit(reply)};
    }
    const bool is_of_one = stage == SmtpStage::FinalDot && dialect == Dialect::Lmtp;
    return {is_of_one ? Blame::Recipient : Blame::Message, by_first_digit(reply)};
}

Classification classify(const DialogueFailure& failure) {
    if (failure.reply) return classify(failure.stage, *failure.reply);
    if (failure.stage == SmtpStage::FinalDot) return {Blame::Message, Remedy::Later};
    return {Blame::Host, Remedy::Later};
}

Reply reply_of(const DialogueFailure& failure) {
    if (failure.reply) return *failure.reply;
    // RFC 3463: X.4.1 no answer from host, X.4.2 bad connection.
    const Status status = failure.stage == SmtpStage::Connect ? Status{4, 4, 1} : Status{4, 4, 2};
    return {451, status, fmt::format("{} while waiting for {}", failure.what, describe(failure.stage))};
}

}  // namespace cursus
