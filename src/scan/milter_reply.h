// What a milter says, typed: verdicts, and changes to the message, which come before the last verdict. None
// of it is trusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "mail/command.h"
#include "mail/reply.h"
#include "scan/milter_terms.h"

namespace cursus {

enum class MilterAnswer : std::uint8_t {
    Continue,
    Accept,      // and do not ask me again: about this client, from CONNECT or HELO; else about this message
    Reject,      // the client, the message, or at RCPT that recipient
    Tempfail,    // the same, for now
    Discard,     // take the message, and throw it away
    Disconnect,  // end the session: with the reply, or without a word when there is none
};
struct MilterVerdict {
    MilterAnswer answer = MilterAnswer::Continue;
    std::optional<Reply> reply = {};  // the milter's own words, with a code and a status that agree
    friend bool operator==(const MilterVerdict&, const MilterVerdict&) = default;
};

struct MilterProgress {};  // it is still busy
struct MilterSkip {};      // it has seen enough of this kind

// ---- changes
enum class MilterFieldChange : std::uint8_t { Add, Insert, Change };
struct MilterField {
    MilterFieldChange change;
    std::uint32_t
        index;  // Insert: before the field with that place, from 0. Change: of those of the name, from 1
    std::string name;
    std::string
        body;  // as it shall stand behind the colon: folded lines part at CRLF. Empty, at Change: removed
};
struct MilterBodyPiece {
    std::string_view octets;  // of the packet
};
struct MilterSender {
    ReversePath sender;
    std::optional<MailParameters> parameters;  // none: as they were
};
struct MilterNewRecipient {
    Mailbox recipient;
    RcptParameters parameters;
};
struct MilterLostRecipient {
    Mailbox recipient;
};
struct MilterQuarantine {
    std::string reason;  // printable; may be empty
};

using MilterReply = std::variant<MilterVerdict, MilterProgress, MilterSkip, MilterField, MilterBodyPiece,
                                 MilterSender, MilterNewRecipient, MilterLostRecipient, MilterQuarantine>;

// `names` complete addresses that come without a domain. A change that the milter had not announced is an
// error like everything that makes no sense: it says what is wrong.
Result<MilterReply, std::string> parse_milter_reply(char letter, std::string_view data,
                                                    const MilterTerms& terms, const CompletingNames& names);

}  // namespace cursus
