// Where the accounts on hold outlive a restart.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "accounts/account_limits.h"
#include "mail/events.h"
#include "runtime/completion.h"
#include "runtime/reactor.h"
#include "runtime/replaced_file.h"

namespace cursus {

inline constexpr std::size_t held_accounts_octets_max = std::size_t{8} * 1024 * 1024;

class HeldAccountsFile {
public:
    HeldAccountsFile(World& world, EventSink& events, std::string path);

    // What it holds; nothing where there is no such file, or where it cannot be read, which is told. Blocks.
    std::vector<HeldAccount> read();
    // Writes what `limits` holds by then. Any thread; does not wait. Both live until finish() is done.
    void keep(const AccountLimits& limits);
    // Waits for all writing, and tries once more where the last did not succeed. Nothing is kept from then
    // on.
    Task<void> finish(const AccountLimits& limits);

private:
    Task<void> wait_for_writers();
    void write_now(const AccountLimits& limits);
    void tell(const FileError& error);

    World& world_;
    EventSink& events_;
    std::mutex writing_;
    ReplacedFile file_;       // under writing_
    bool is_behind_ = false;  // the same: the file lacks what it should hold
    std::mutex counting_;
    std::size_t pending_ = 0;                           // under counting_
    Completion<bool>* when_none_is_pending_ = nullptr;  // the same
};

}  // namespace cursus
