// Variable envelope return paths: each recipient of a list gets its own return path, so that a bounce says
// whom it is about: owner-list@host becomes owner-list+user=domain@host.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "mail/mailbox.h"

namespace cursus {

// The error: the address would be too long, and `owner` is to be used as it is.
Result<Mailbox, AddressError> verp_encode(const Mailbox& owner, const Mailbox& recipient,
                                          std::string_view delimiter = "+");

// The recipient in a return path of `owner`; nullopt when it is none. Anybody can write such an address: it
// may be counted against a subscriber, but nothing is ever sent to what comes out.
std::optional<Mailbox> verp_decode(const Mailbox& owner, const Mailbox& return_path,
                                   std::string_view delimiter = "+");

}  // namespace cursus
