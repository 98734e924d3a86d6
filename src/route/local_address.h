// A local address taken apart: who it is for, and what stands behind the name.
#pragma once

#include <string>
#include <string_view>

#include "mail/mailbox.h"

namespace cursus {

struct LocalAddress {
    std::string user;    // the local part, ASCII letters lowered, up to the subaddress
    std::string detail;  // the subaddress, as it was written; empty when there is none
    std::string domain;  // an address literal of ours is this host by another name
};

// `separator` is [local] subaddress. A separator at the very beginning is part of the name.
LocalAddress take_apart(const Mailbox& mailbox, std::string_view separator, const std::string& own_name);

// The same for two spellings of one local address, its subaddress included.
std::string local_key(const Mailbox& mailbox);

// What may become part of a path or an argument: letters, digits, "._+=-" and characters beyond ASCII, and
// does not begin with a dot. Nothing else from the network ever does.
bool can_be_name(std::string_view text);

}  // namespace cursus
