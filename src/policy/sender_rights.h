// As whom an account may send, RFC 6409 §6.1.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "config/settings.h"
#include "mail/mailbox.h"
#include "runtime/table.h"

namespace cursus {

// An account's own address: "julius@ancient-rome.example" itself, or "julius" at each local domain; with a
// subaddress too. What the table has for it, "ann@b.example", "@b.example" or "*", parted by commas or
// spaces. Immutable, so any thread may ask.
class SenderRights {
public:
    SenderRights(const Settings& settings, const Tables& tables);

    Task<Result<bool, TableTrouble>> may_send_as(std::string account, Mailbox sender) const;

private:
    bool is_own(std::string_view account, const Mailbox& sender) const;

    SenderPolicy policy_;
    std::string subaddress_;  // separators
    std::unordered_set<std::string> local_domains_;
    std::shared_ptr<Table> table_;  // null: there is none
};

}  // namespace cursus
