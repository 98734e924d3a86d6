// What an alias or a forward file has made of a recipient, beyond its address.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mail/mailbox.h"
#include "mail/target.h"

namespace cursus {

struct MailboxTarget {  // the mailbox of the recipient's own address
    friend bool operator==(const MailboxTarget&, const MailboxTarget&) = default;
};

// Where the recipient's copy ends, on this host.
struct LocalTarget {
    std::variant<MailboxTarget, CommandTarget, FileTarget, DirectoryTarget> what;
    std::string user;  // with whose rights; empty for a mailbox: its owner's
    friend bool operator==(const LocalTarget&, const LocalTarget&) = default;
};

std::string local_target_text(const LocalTarget& target);  // "mailbox", or as an alias would have it

struct Handling {
    std::optional<LocalTarget> target;  // none: where the address leads
    std::optional<ReversePath> sender;  // in place of the envelope's
    std::string front;                  // header lines before the message's own, each with its CRLF
    bool single_copy = false;           // in a transaction of its own

    bool is_plain() const { return *this == Handling{}; }
    // Recipients of one message that may share a transaction: the same octets from the same sender.
    bool can_travel_with(const Handling& other) const {
        return sender == other.sender && front == other.front && !single_copy && !other.single_copy;
    }
    friend bool operator==(const Handling&, const Handling&) = default;
};

}  // namespace cursus
