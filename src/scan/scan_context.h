// What a scanner is told of a message beside the message itself.
#pragma once

#include <string>
#include <vector>

#include "mail/envelope.h"

namespace cursus {

struct ScanContext {
    ClientFacts client;
    ReversePath sender;
    std::vector<Mailbox> recipients;
    std::string queue_id;  // the message's name in our log
    std::string own_name;  // of this server
};

}  // namespace cursus
