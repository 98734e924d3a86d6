// The message itself, after 354: dot-stuffed, in blocks, each within its time.
#pragma once

#include "smtp/conversation.h"

namespace cursus {

// Sends the message and the final dot; the reply is still to be heard. A failure at SmtpStage::Body means
// that the final dot was not sent; at SmtpStage::FinalDot it may have arrived. The conversation is at an end
// in either case.
Task<Result<void, DialogueFailure>> send_body(Conversation& conversation, BodySource& body,
                                              Duration block_timeout);

}  // namespace cursus
