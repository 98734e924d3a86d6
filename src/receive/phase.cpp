#include "receive/phase.h"

#include "mail/replies.h"

namespace cursus {

const Reply& out_of_order(Phase phase, Step step, Dialect dialect) {
    const bool is_lmtp = dialect == Dialect::Lmtp;
    const bool is_chunk = step == Step::Chunk || step == Step::LastChunk;
    switch (phase) {
        case Phase::Connected:
            return is_lmtp ? replies::lhlo_first : replies::hello_first;
        case Phase::Greeted:
            return replies::mail_first;
        case Phase::MailGiven:
            // RFC 2920 §3.1: a pipelining client learns here that all its recipients were refused.
            if (step == Step::Data || is_chunk)
                return is_lmtp ? replies::no_recipients_for_lmtp : replies::no_valid_recipients;
            return step == Step::Mail ? replies::nested_mail : replies::bad_sequence;
        case Phase::RcptGiven:
            return step == Step::Mail ? replies::nested_mail : replies::bad_sequence;
        case Phase::ChunkGiven:
            return step == Step::StartTls || step == Step::StartOver ? replies::bad_sequence
                                                                     : replies::data_after_bdat;
        case Phase::ChunkFailed:
        case Phase::Closing:
            return replies::bad_sequence;
    }
    return replies::bad_sequence;
}

}  // namespace cursus
