#include "policy/callout_verdict.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/utf8.h"

namespace cursus {

namespace {

// Of RFC 3463 §3, as far as they tell what a refusal is about.
constexpr int about_address = 1, about_mailbox = 2, about_network = 4;
constexpr int bad_sender = 7, bad_sender_host = 8;  // X.1.7, X.1.8
constexpr int mailbox_full = 2;                     // X.2.2

// RFC 5321 §4.2.3 and RFC 7504: what is said of mailboxes and domains. Others are of the command, of the
// sender, or of us.
constexpr std::array codes_of_address{550, 551, 553, 556};

// Access denied, a full mailbox, a command that was not understood: of the address that shows nothing.
bool is_about_address(const Reply& reply) {
    const bool is_usual = std::ranges::find(codes_of_address, reply.code()) != codes_of_address.end();
    if (!reply.status()) return is_usual;
    const auto& status = *reply.status();
    if (status.subject == about_address)
        return status.detail != bad_sender && status.detail != bad_sender_host;
    if (status.subject == about_mailbox) return status.detail != mailbox_full;
    return is_usual && (status.subject == 0 || status.subject == about_network);
}

std::string cut_short(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size()) {
        const std::size_t next = std::max<std::size_t>(1, utf8_sequence_length(text.substr(end)));
        if (end + next > callout_text_max) break;
        end += next;
    }
    return std::string(text.substr(0, end));
}

Reply kept_reply(const Reply& reply) {
    return {reply.code(), reply.status(), std::vector{cut_short(reply.text())}};
}

// RFC 3207 §4, RFC 4954 §6.
constexpr int demands_more = 530;

CalloutAnswer refuses_null_sender(const Reply& reply) {
    if (reply.code() == demands_more)
        return {.verdict = CalloutVerdict::Unknown,
                .why = "The host demands TLS or a login before it takes mail, which callouts do not speak",
                .reply = kept_reply(reply)};
    return {.verdict = CalloutVerdict::RefusesNullSender,
            .why = "The host refuses the null sender of reports, and cannot be asked",
            .reply = kept_reply(reply)};
}

}  // namespace

std::string_view name(CalloutVerdict verdict) {
    switch (verdict) {
        case CalloutVerdict::Accepted:
            return "accepted";
        case CalloutVerdict::AcceptsAnything:
            return "accepts-anything";
        case CalloutVerdict::Refused:
            return "refused";
        case CalloutVerdict::RefusesNullSender:
            return "refuses-null-sender";
        case CalloutVerdict::Unknown:
            return "unknown";
    }
    std::unreachable();
}

CalloutAnswer callout_answer(const Reply& to_rcpt) {
    CalloutAnswer answer{.reply = kept_reply(to_rcpt)};
    if (to_rcpt.is_positive()) {
        answer.verdict = CalloutVerdict::Accepted;
    } else if (to_rcpt.is_permanent() && is_about_address(to_rcpt)) {
        answer.verdict = CalloutVerdict::Refused;
    } else {
        answer.why = to_rcpt.is_permanent() ? "The host refuses, and not for the sake of the address"
                                            : "The host does not say now";
    }
    return answer;
}

CalloutAnswer callout_answer(const DialogueFailure& failure) {
    const bool was_said = failure.reply.has_value();
    if (was_said && failure.stage == SmtpStage::Mail && failure.reply->is_permanent())
        return refuses_null_sender(*failure.reply);
    const bool is_late = failure.stream == StreamError::TimedOut || failure.stream == StreamError::Cancelled;
    const std::string what = is_late ? "not in time" : cut_short(failure.what);
    CalloutAnswer answer;
    answer.why = fmt::format("The host gave no answer: {} ({})", what, describe(failure.stage));
    if (was_said) answer.reply = kept_reply(*failure.reply);
    return answer;
}

}  // namespace cursus
