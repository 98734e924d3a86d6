// Who a local address is: an alias, a person with a mailbox, or nobody. One step; where an alias leads to is
// the expansion's business (route/expansion.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "config/settings.h"
#include "mail/mailbox.h"
#include "mail/reply.h"
#include "route/mailbox_place.h"
#include "route/return_paths.h"
#include "runtime/table.h"
#include "runtime/task.h"
#include "runtime/users.h"

namespace cursus {

// A list of aliases, for some of the local domains.
struct AliasList {
    std::string name;                         // as the configuration has it
    std::shared_ptr<Table> table;             // null: the configuration names a table that is not there
    std::unordered_set<std::string> domains;  // empty: all
    bool single_copy = false, verp = false;
};

struct AliasHit {
    const AliasList* list;
    std::string name;  // the key under which it was found, without a domain: "owner-" goes before it
    TableRow row;
};
struct PersonHit {
    Person person;
    MailboxPlace place;
};
struct Nobody {};
struct NoAnswer {
    std::string why;  // for people: which table, and what is wrong
};
using LocalHit = std::variant<AliasHit, PersonHit, ReturnPath, Nobody, Refused, NoAnswer>;

// The name of the owner of a list, by which it answers for what its members do not take (sendmail's rule).
inline constexpr std::string_view owner_prefix = "owner-";

class LocalLookup {
public:
    // What it is given outlives it. Any thread.
    LocalLookup(const Settings& settings, const Tables& tables, Users& users, const ReturnPaths& returns);

    // Aliases of the address and of its name, with the subaddress and without; then the person; then the
    // aliases of the whole domain ("@domain"). With users = "any" those come before the persons, since
    // everybody is one.
    Task<LocalHit> find(Mailbox address, ReversePath sender) const;
    Task<LocalHit> find_person(Mailbox address) const;
    // The owner of a list, if it has one.
    Task<LocalHit> find_owner(AliasHit hit, Mailbox list) const;

    const MailboxTemplate& mailboxes() const { return mailboxes_; }
    // Everybody exists and nobody is an alias: there is nothing to look up.
    bool is_trivial() const { return lists_.empty() && people_ == People::Any && !returns_.is_on(); }

private:
    enum class People : std::uint8_t { System, Any, Table };

    Task<LocalHit> find_alias(std::vector<std::string> keys, std::string name, std::string domain) const;
    Task<LocalHit> person_of(LocalAddress address) const;
    Task<LocalHit> system_user(LocalAddress address) const;
    Task<LocalHit> in_table(LocalAddress address) const;
    LocalHit with_place(Person person, const LocalAddress& address) const;

    Users& users_;
    const ReturnPaths& returns_;
    MailboxTemplate mailboxes_;
    std::vector<AliasList> lists_;  // in the order of looking
    People people_ = People::System;
    std::shared_ptr<Table> people_table_;
};

// The table that a key of the configuration names, by its path or as "table:NAME"; null: it is not there.
std::shared_ptr<Table> named_table(const Tables& tables, std::string_view name);

}  // namespace cursus
