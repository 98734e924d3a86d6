// A session's evidence as other programs are told of it.
#pragma once

#include <optional>

#include "policy/evidence.h"
#include "policy/facts.h"

namespace cursus {

Facts advisor_facts(const Evidence& evidence, RuleStage stage, const std::optional<Mailbox>& recipient);

}  // namespace cursus
