// From a local address to the directory of its mailbox. What came from the network becomes part of a path
// only after a strict white list.
#pragma once

#include <optional>
#include <string>

#include "config/settings.h"
#include "mail/mailbox.h"

namespace cursus {

class MailboxPath {
public:
    // [local] mailbox, "maildir:PATH" with {domain} and {local_part}; [local] subaddress is cut off.
    explicit MailboxPath(const Settings& settings);

    // Nullopt: the local part cannot be a directory's name. It may have letters, digits, "._+=-" and
    // characters beyond ASCII, does not begin with a dot, and its ASCII letters are lowered.
    std::optional<std::string> of(const Mailbox& mailbox) const;
    const std::string& root() const { return root_; }  // the part of the path that is the same for everybody

private:
    std::string template_, root_, subaddress_, own_name_;
};

}  // namespace cursus
