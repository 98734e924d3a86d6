// The order of a session's commands: one enum for where it stands, one pure function for what may follow.
#pragma once

#include <cstdint>
#include <optional>

#include "mail/dialect.h"
#include "mail/reply.h"

namespace cursus {

enum class Phase : std::uint8_t {
    Connected,    // greeted by us, nothing known of the client; again after STARTTLS (RFC 3207 §4.2) and
                  // XCLIENT
    Greeted,      // EHLO or HELO was accepted, no transaction is open
    MailGiven,    // a sender, no recipient yet
    RcptGiven,    // at least one recipient was accepted
    ChunkGiven,   // at least one BDAT chunk was taken and the last one was not
    ChunkFailed,  // a chunk was refused: further ones are read and refused until the transaction ends (RFC
                  // 3030 §2)
    Closing,
};

// What happened, once it has succeeded: a command, or how a transaction went on.
enum class Step : std::uint8_t {
    Hello,      // EHLO, HELO
    StartTls,   // the handshake has finished
    StartOver,  // XCLIENT
    Mail,
    Rcpt,
    Data,         // DATA and all its lines, whatever the reply to them was
    Chunk,        // BDAT without LAST
    LastChunk,    // BDAT with LAST, whatever the reply was
    FailedChunk,  // BDAT that was refused after its octets were read
    Reset,
    Quit,
};

// RFC 5321 §4.1.4, RFC 3030 §2. Empty: the command is out of order, answer so and stay. NOOP, HELP, VRFY and
// EXPN are missing because they may come at any time and change nothing.
constexpr std::optional<Phase> after(Phase phase, Step step) {
    if (phase == Phase::Closing) return std::nullopt;
    const bool has_transaction = phase != Phase::Connected && phase != Phase::Greeted;
    switch (step) {
        case Step::Hello:
            return Phase::Greeted;  // also drops an open transaction
        case Step::StartTls:
        case Step::StartOver:
            return has_transaction ? std::nullopt : std::optional(Phase::Connected);
        case Step::Mail:
            return phase == Phase::Greeted ? std::optional(Phase::MailGiven) : std::nullopt;
        case Step::Rcpt:
            if (phase == Phase::MailGiven || phase == Phase::RcptGiven) return Phase::RcptGiven;
            return std::nullopt;
        case Step::Data:  // never after BDAT in the same transaction, RFC 3030 §2
            return phase == Phase::RcptGiven ? std::optional(Phase::Greeted) : std::nullopt;
        case Step::Chunk:
            if (phase == Phase::RcptGiven || phase == Phase::ChunkGiven) return Phase::ChunkGiven;
            return std::nullopt;
        case Step::LastChunk:
            if (phase == Phase::RcptGiven || phase == Phase::ChunkGiven) return Phase::Greeted;
            return std::nullopt;
        case Step::FailedChunk:
            return has_transaction ? std::optional(Phase::ChunkFailed) : std::nullopt;
        case Step::Reset:
            return phase == Phase::Connected ? Phase::Connected : Phase::Greeted;
        case Step::Quit:
            return Phase::Closing;
    }
    return std::nullopt;
}

// The reply to a step that after() has no answer for: it says what is missing.
const Reply& out_of_order(Phase phase, Step step, Dialect dialect = Dialect::Smtp);

}  // namespace cursus
