#include "route/expansion.h"

#include <memory>
#include <utility>

#include "route/expansion_run.h"
#include "route/local_address.h"

namespace cursus {

// Elsewhere the case of a local part may matter, RFC 5321 §2.4: better twice than to one of two alone.
std::string destination_key(const Leaf& leaf) {
    if (!leaf.handling.target) return leaf.address.text();
    // A command or a file is the same one whoever's name led to it.
    const std::string text = local_target_text(*leaf.handling.target);
    const bool is_mailbox = std::holds_alternative<MailboxTarget>(leaf.handling.target->what);
    return (is_mailbox ? local_key(leaf.address) : leaf.handling.target->user) + ' ' + text;
}

bool Expansion::is_itself(const Mailbox& address) const {
    if (leaves.size() != 1 || leaves.front().failure) return false;
    const Leaf& only = leaves.front();
    Handling mailbox;
    mailbox.target = LocalTarget{};
    return only.address == address && only.handling == mailbox;
}

Task<Result<Expansion, Reply>> Expander::expand(ExpansionRequest request) const {
    ExpansionRun run(needs_, std::move(request));
    co_return co_await run.result();
}

}  // namespace cursus
