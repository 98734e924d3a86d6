// How the values of mail/ are written inside the queue's records. Layout version 1.
#pragma once

#include <optional>

#include "base/codec.h"
#include "mail/envelope.h"
#include "mail/handling.h"
#include "mail/reply.h"

namespace cursus {

void put_mailbox(Encoder& out, const Mailbox& mailbox);
std::optional<Mailbox> get_mailbox(Decoder& in);  // nullopt: `in` has failed

void put_sender(Encoder& out, const ReversePath& sender);
ReversePath get_sender(Decoder& in);

void put_handling(Encoder& out, const Handling& handling);
Handling get_handling(Decoder& in);

void put_reply(Encoder& out, const Reply& reply);
std::optional<Reply> get_reply(Decoder& in);  // nullopt: `in` has failed

void put_envelope(Encoder& out, const Envelope& envelope);
Envelope get_envelope(Decoder& in);

// Beyond what put_envelope() writes, which is all that version 1 of a message's record knows.
bool says_more_of_time(const Envelope& envelope);
void put_timing(Encoder& out, const Envelope& envelope);
void get_timing(Decoder& in, Envelope& envelope);

void put_notify(Encoder& out, const Notify& notify);
Notify get_notify(Decoder& in);

void put_optional_time(Encoder& out, const std::optional<WallTime>& time);
std::optional<WallTime> get_optional_time(Decoder& in);

}  // namespace cursus
