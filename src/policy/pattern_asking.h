// Patterns that cannot be decided by themselves: those that need the name of the client's address, or a
// table.
#pragma once

#include <vector>

#include "policy/weighing.h"

namespace cursus {

bool asks_for_name(const std::vector<ClientPattern>& patterns);

// Of a condition whose operand is a list of patterns, not negated.
Task<Truth> ask_patterns(const Condition& condition, Weighing& weighing);

}  // namespace cursus
