// What its sender has asked of the time of delivery, on the way to another host: RFC 2852 §4.1.4, RFC 6710
// §4.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mail/dialect.h"
#include "mail/envelope.h"
#include "mail/reply.h"
#include "smtp/client.h"

namespace cursus {

// The time is over after which nothing may be tried any more: 554 5.4.7 (RFC 2852 §4.1.3).
std::optional<Reply> too_late(const Envelope& envelope, WallTime now);
// The message cannot be given to such a host, as it does not promise to keep to the time: 554 5.3.3, or to so
// short a one: 554 5.4.7. Handing over to a mailbox by LMTP is delivery, not relaying.
std::optional<Reply> cannot_keep_time(const Envelope& envelope, const Extensions& peer, Dialect dialect,
                                      WallTime now);
// BY and MT-PRIORITY, as far as the host announced them.
std::vector<std::string> timing_parameters(const Envelope& envelope, const Extensions& peer, WallTime now);
// RFC 2852 §4.1.4.2: the host does not go on with what the sender has asked for.
bool ends_promise(const Envelope& envelope, const Extensions& peer, Dialect dialect, WallTime now);
// RFC 2852 §4.1.4 and §4.1.4.2: the sender is told that such a host has the message now.
bool is_told_of_relaying(const Envelope& envelope, const Extensions& peer, Dialect dialect, WallTime now);

}  // namespace cursus
