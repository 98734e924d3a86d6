// Whether a recipient has a mailbox here, known when RCPT is answered: what can never be delivered is refused
// while its sender listens, instead of being sent back to whoever the sender claims to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/mailbox.h"
#include "mail/reply.h"
#include "route/local_routing.h"

namespace cursus {

struct RecipientRefusal {
    Reply reply;
    std::string_view rule;
    std::string why;  // for the log, when the client is not to know: what gives no answer now
};

class LocalRecipients {
public:
    explicit LocalRecipients(const LocalRouting& local) : local_(local) {}

    // Of an address that was let through by the relay invariant. Nothing is looked up for one that is not
    // local. Any thread.
    Task<std::optional<RecipientRefusal>> refusal(Mailbox recipient, ReversePath sender) const;

private:
    const LocalRouting& local_;
};

}  // namespace cursus
