// An advice as the record of a session has it, so that it can be played again: its decision, and a word for
// each thing that came with it.
#pragma once

#include "base/result.h"
#include "config/advisor_address.h"
#include "config/rule.h"
#include "policy/advice.h"
#include "policy/found.h"

namespace cursus {

// Who was asked, and about what: "policy:127.0.0.1:10023 rcpt ann@rome.example".
std::string advice_subject(const AdvisorAddress& advisor, RuleStage stage,
                           const std::optional<Mailbox>& recipient);
// {"reject", "reply: 550 5.7.1 No", "tag: seen"}. Its notes are not among them.
Words words_of(const Advice& advice);
// The error is a sentence: it is not what words_of() writes.
Result<Advice, std::string> advice_of(const Words& words);

}  // namespace cursus
