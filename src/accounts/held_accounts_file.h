// Where the accounts on hold outlive a restart.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "accounts/account_limits.h"
#include "mail/events.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr std::size_t held_accounts_octets_max = std::size_t{8} * 1024 * 1024;

class HeldAccountsFile {
public:
    HeldAccountsFile(World& world, EventSink& events, std::string path);

    // What it holds; nothing where there is no such file, or where it cannot be read, which is told. Blocks.
    std::vector<HeldAccount> read();
    // Writes what `limits`, which outlives the world's pool, holds by then. Any thread; does not wait.
    void keep(const AccountLimits& limits);

private:
    FileResult<> write(const std::string& text);
    void tell(const FileError& error);

    World& world_;
    EventSink& events_;
    std::string path_;
    std::mutex writing_;
};

}  // namespace cursus
