// The parameters of RFC 3461 that are passed on to a peer that announced DSN.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mail/envelope.h"
#include "queue/queue.h"

namespace cursus {

std::vector<std::string> dsn_mail_parameters(const Envelope& envelope);  // RET, ENVID
// Of a host whose promise ends here: the sender wants to hear of delays (RFC 2852 §4.1.4.2).
enum class AskForDelay : std::uint8_t { AsGiven, Always };
std::vector<std::string> dsn_recipient_parameters(const DueRecipient& recipient, bool smtputf8,
                                                  AskForDelay delay = AskForDelay::AsGiven);  // NOTIFY, ORCPT

}  // namespace cursus
