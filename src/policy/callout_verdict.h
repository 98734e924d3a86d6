// What a host's replies in a callout mean. Pure.
#pragma once

#include "policy/callout_answer.h"
#include "smtp/client.h"

namespace cursus {

// Of the reply to RCPT, which is AcceptsAnything only when something else was asked too.
CalloutAnswer callout_answer(const Reply& to_rcpt);
// Of a dialogue that did not come to that. What it says is that nothing is known.
CalloutAnswer callout_answer(const DialogueFailure& failure);

}  // namespace cursus
