// What a message needs of the peer, from its envelope and its own octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/envelope.h"
#include "mail/mailbox.h"
#include "mail/reply.h"
#include "queue/queue.h"
#include "smtp/client.h"

namespace cursus {

// Where octets above 127 are. Fed with the message's pieces in order.
class EightBitScan {
public:
    void add(std::string_view piece);
    bool in_header() const { return in_header_; }
    bool in_body() const { return in_body_; }

private:
    bool is_past_header_ = false;
    std::string tail_;  // the last octets, where the empty line may lie across two pieces
    bool in_header_ = false, in_body_ = false;
};

// Reads the message through: only for a peer that lacks something the envelope asks for.
Task<Result<EightBitScan, QueueError>> scan_content(std::shared_ptr<MessageBody> body);

// True when the envelope alone does not say whether the message can go to such a peer.
bool needs_scan(const Envelope& envelope, const Extensions& peer);

// Why this message cannot go to such a peer at all, if so: too big (RFC 1870 §6.1), 8-bit content without
// 8BITMIME (RFC 6152 §3), internationalised sender or header without SMTPUTF8 (RFC 6531 §3.5). Permanent.
// `scan` is given when needs_scan() said so.
std::optional<Reply> unmet(const Envelope& envelope, const Extensions& peer, const EightBitScan* scan);
// The same for one recipient's address.
std::optional<Reply> unmet(const Mailbox& recipient, const Extensions& peer);

}  // namespace cursus
