// The parts of an advice, made of what another program has written. Nothing of that can become more than it
// is: a line of a reply, a field of a header, an address, a note.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/advice.h"

namespace cursus {

inline constexpr std::size_t advised_text_octets_max = 400;   // of a reply or a note; the rest is cut off
inline constexpr std::size_t advised_field_octets_max = 998;  // RFC 5322 §2.1.1: one line

// Printable ASCII: other octets become "?".
std::string advised_text(std::string_view text);

// Refusals for good and for now. Where there are no words of theirs there are ours; a status at the front of
// `text` counts, with the class of the code (RFC 3463 §3).
Reply advised_reply(int code, std::string_view text);

// The errors are sentences.
Result<AdvisedField, std::string> advised_field(std::string_view name, std::string_view body);
Result<Mailbox, std::string> advised_mailbox(std::string_view address);

}  // namespace cursus
