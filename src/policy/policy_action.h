// The actions of Postfix's access(5) that a policy service may answer with.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/advice.h"

namespace cursus {

// "DUNNO", "REJECT 5.7.1 No", "450 Later", "PREPEND X-Greylist: ..." and so on; words in either case. The
// error is a sentence: it is none that is known here.
Result<Advice, std::string> parse_policy_action(std::string_view action);

}  // namespace cursus
