// Delivered-To, RFC 9228: where a message has been before.
#pragma once

#include <string_view>

#include "mail/mailbox.h"

namespace cursus {

// Whether the header says that the message was delivered to this address. `front` is the message from its
// beginning, header and whatever follows; a header that is longer is looked at as far as it is given.
bool was_delivered_to(std::string_view front, const Mailbox& address);

}  // namespace cursus
