// From a local address and its owner to the place of the mailbox. What came from the network becomes part of
// a path or an argument only after a strict white list.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "mail/mailbox.h"
#include "route/local_address.h"
#include "runtime/users.h"

namespace cursus {

// Whoever a mailbox belongs to.
struct Person {
    std::string user;                  // the name, lowered
    std::string home;                  // empty: none is known
    std::optional<SystemUser> system;  // none: a virtual user, whose mail is written with our own rights
};

struct MaildirPlace {
    std::string path;
    std::string folder;  // of the Maildir, used when it is there; empty: the mailbox itself
};
struct MboxPlace {
    std::string path;
};
struct CommandPlace {
    std::vector<std::string> arguments;
};
struct LmtpPlace {};  // beyond a destination of its own
struct DiscardPlace {};
using MailboxPlace = std::variant<MaildirPlace, MboxPlace, CommandPlace, LmtpPlace, DiscardPlace>;

// What cannot stand in a path or an argument.
enum class NoPlace : std::uint8_t {
    Address,  // a part of the address: there can be no such mailbox
    Person,   // what is known of the person: whoever keeps that has made a mistake
};

class MailboxTemplate {
public:
    explicit MailboxTemplate(const Settings& settings);  // [local] mailbox

    Result<MailboxPlace, NoPlace> of(const LocalAddress& address, const Person& person) const;
    LocalAddress take_apart(const Mailbox& mailbox) const;

    const std::string& root() const { return root_; }  // of a Maildir: what is the same for everybody
    const std::string& lmtp_host() const { return lmtp_host_; }  // empty: not LMTP

private:
    enum class Scheme : std::uint8_t { Maildir, Mbox, Command, Lmtp, Discard };

    Scheme scheme_ = Scheme::Discard;
    std::vector<std::string> parts_;  // the path, or the arguments, with their fields
    std::string root_, lmtp_host_, subaddress_, own_name_;
    bool has_folders_;
};

// The folder in a Maildir++ that a subaddress names; nullopt: it names none.
std::optional<std::string> folder_of(const std::string& detail);

}  // namespace cursus
