// What an operator may tell the server as a whole; the queue is asked and told directly.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "runtime/task.h"

namespace cursus {

struct ReloadReport {
    std::vector<std::string> changed, needs_restart;  // tables and keys of the configuration
};
struct AccountOnHold {
    std::string account, why;
    WallTime since{};
};

// On the home reactor.
class ServerControl {
public:
    virtual ~ServerControl() = default;
    // The error says why everything stays as it was; it may have several lines.
    virtual Task<Result<ReloadReport, std::string>> reload() = 0;
    virtual std::vector<AccountOnHold> accounts_on_hold() const = 0;
    virtual bool release_account(const std::string& account) = 0;  // false: it was not on hold
};

}  // namespace cursus
