// The text of a delivery status notification: RFC 3464 in a multipart/report (RFC 6522), with RFC 6533 where
// an address needs it. A pure function: time, identifiers and boundary are given. The envelope is the
// caller's: null sender, and never to anybody but the sender of the message it is about.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "mail/envelope.h"
#include "mail/reply.h"

namespace cursus {

// RFC 3464 §2.3.3.
enum class DsnAction : std::uint8_t { Failed, Delayed, Relayed };
std::string_view describe(DsnAction action);  // as the field has it: "failed"

// Of a peer's words, more than this is no explanation; and one word of it still fits into a line (RFC 5322
// §2.1.1).
inline constexpr std::size_t diagnostic_octets_max = 900;

struct DsnRecipient {
    std::string address;   // Mailbox::text() of the recipient as it was tried
    std::string original;  // ORCPT, decoded ("rfc822;a@b.example"); empty: none
    std::string host;      // who said `reply`; empty: it was decided here
    std::optional<Reply> reply;
    WallTime last_attempt{};
    std::optional<WallTime> will_retry_until;  // Delayed
};

struct DsnFacts {
    DsnAction action = DsnAction::Failed;
    std::string host;                         // our own name
    Mailbox sender;                           // of the message: who is told
    std::string envid;                        // RFC 3461 §4.4, decoded; empty: none
    WallTime arrived{};                       // the message, here
    std::string release_request = {};         // RFC 4865 §5.1.2; empty: none
    std::optional<WallTime> deliver_by = {};  // RFC 2852 §5
    WallTime now{};
    std::string unique;    // left side of the Message-ID: letters, digits, dots
    std::string boundary;  // letters and digits, 60 at most, in nothing that is returned
    Ret ret = Ret::Unset;
    bool smtputf8 = false;                 // the message was an internationalised one
    std::vector<DsnRecipient> recipients;  // at least one
    // The message, or its front as far as the caller wants to return it. Full return (RFC 3461 §4.3: of
    // failures only, and not with RET=HDRS) needs all of it; otherwise its header is returned, as far as it
    // is there.
    std::string_view content;
    bool content_is_whole = false;
};

struct Dsn {
    std::string message;  // CRLF lines
    Body body = Body::SevenBit;
    bool smtputf8 = false;  // the notification's own header is not ASCII
};
Dsn make_dsn(const DsnFacts& facts);

// For a person who is no engineer: a sentence or two on what the reply's status means for them.
std::string plain_words(const std::optional<Reply>& reply);

}  // namespace cursus
