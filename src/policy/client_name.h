// What the client's address is called, confirmed both ways (RFC 8601 §3, "iprev").
#pragma once

#include <string>
#include <vector>

#include "policy/weighing.h"

namespace cursus {

// What must be asked to know it; nothing where that is known without.
std::vector<Question> name_questions(const SessionFacts& facts);

// `detail` is the name: as a host we trust has stated it, or else as the DNS says. It is the client's own
// where it is "confirmed", and claimed where not. Of a client without an address nothing is found. Any
// reactor.
Task<Found> client_name(Evidence& evidence);
// Empty where there is none.
std::string confirmed_name(const Found& name);
// From now on it stands in the texts of the stage's rules.
void keep_client_name(const Found& name, Weighing& weighing);

}  // namespace cursus
