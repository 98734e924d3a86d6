#pragma once

#include <functional>
#include <string>

#include "mail/handling.h"
#include "mail/mailbox.h"

namespace cursus {

// Where a recipient's mail is due, known from the configuration, the address and its handling alone, without
// DNS: "local", "route:<pattern>", "lmtp:<host>" or "domain:<name>" ("domain:[192.0.2.1]" for a literal). The
// queue orders work by it and otherwise treats it as opaque octets without NUL, 300 at most.
using Destination = std::string;

// Given by main; implemented by route/ (destinations.h). Pure and thread-safe.
using DestinationOf = std::function<Destination(const Mailbox&, const Handling&)>;

}  // namespace cursus
