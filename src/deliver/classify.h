// What a reply or a broken dialogue means for the delivery: who is at fault, and when to try again. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "mail/reply.h"
#include "smtp/client.h"

namespace cursus {

enum class Blame : std::uint8_t { Recipient, Message, Host };  // how much to set aside
enum class Remedy : std::uint8_t {
    Later,   // temporary
    Never,   // permanent
    AtOnce,  // in another transaction on the same connection: the peer takes no more recipients in this one
};
struct Classification {
    Blame blame;
    Remedy remedy;
    friend bool operator==(const Classification&, const Classification&) = default;
};

// Of a reply that is not the one hoped for at that stage. RFC 5321 §4.2.1, §4.3.2:
// - 421 at any stage, whatever ends a greeting or EHLO: Host, Later
// - 521 as a greeting: Host, Never (RFC 7504 §3: it never takes mail)
// - 452, or 552 for too many recipients, at RCPT: Recipient, AtOnce (RFC 5321 §4.5.3.1.10)
// - 4yz, 5yz at RCPT: Recipient, Later or Never
// - 4yz, 5yz at MAIL, DATA, or the end of data: Message, Later or Never
// - anything else (1yz, 3yz out of place): Host, Later
// In LMTP the reply to the end of data is one recipient's: Recipient, Later or Never. There a full mailbox
// (X.2.2) is for now whatever its first digit: RFC 3463 §3.3 has it as a persistent transient failure, and
// the mailbox is one that this host hands over to as its last hop.
Classification classify(SmtpStage stage, const Reply& reply, Dialect dialect = Dialect::Smtp);

bool says_mailbox_full(const Reply& reply);  // RFC 3463 §3.3, X.2.2

// Of a dialogue that could not go on. Without a reply: the host is to blame, except after the final dot,
// where the message may have been taken and the same host or another must not get it at once: Message, Later.
Classification classify(const DialogueFailure& failure);

// The peer's reply, or one of ours that says what broke, for the records and the report.
Reply reply_of(const DialogueFailure& failure);

}  // namespace cursus
