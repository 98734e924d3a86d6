#include "policy/local_recipients.h"

namespace cursus {

bool LocalRecipients::may_exist(const Mailbox& recipient) const {
    return destinations_.of(recipient) != local_destination || paths_.of(recipient).has_value();
}

}  // namespace cursus
