// The parameters of RFC 3461 that are passed on to a peer that announced DSN.
#pragma once

#include <string>
#include <vector>

#include "mail/envelope.h"
#include "queue/queue.h"

namespace cursus {

std::vector<std::string> dsn_mail_parameters(const Envelope& envelope);  // RET, ENVID
std::vector<std::string> dsn_recipient_parameters(const DueRecipient& recipient,
                                                  bool smtputf8);  // NOTIFY, ORCPT

}  // namespace cursus
