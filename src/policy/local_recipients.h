// Whether an address of this host can have a mailbox at all, known when RCPT is answered: what can never be
// delivered is refused while its sender listens, instead of being sent back to whoever the sender claims to
// be.
#pragma once

#include "config/settings.h"
#include "mail/mailbox.h"
#include "route/destinations.h"
#include "route/mailbox_path.h"

namespace cursus {

class LocalRecipients {
public:
    explicit LocalRecipients(const Settings& settings) : destinations_(settings), paths_(settings) {}

    bool may_exist(const Mailbox& recipient) const;  // pure, thread-safe; true for whatever is not local

private:
    Destinations destinations_;
    MailboxPath paths_;
};

}  // namespace cursus
