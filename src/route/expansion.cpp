#include "route/expansion.h"

#include <memory>
#include <utility>

#include "route/expansion_run.h"

namespace cursus {

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
