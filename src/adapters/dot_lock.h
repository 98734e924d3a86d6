// A mailbox file's lock file, "PATH.lock": the lock that works between machines, Debian policy §11.6.
#pragma once

#include <chrono>
#include <string>

#include "adapters/owned_place.h"

namespace cursus {

// No program that means well holds it for longer; what is older was left by one that was killed.
inline constexpr auto dot_lock_stale_after = std::chrono::minutes{10};

class DotLock {
public:
    // `mailbox` outlives the lock.
    explicit DotLock(const OwnedPlace& mailbox) : mailbox_(mailbox), name_(mailbox.name + ".lock") {}
    ~DotLock();  // gives it back
    DotLock(const DotLock&) = delete;
    DotLock& operator=(const DotLock&) = delete;

    // False: somebody else holds it, or did until now; ask again after a while. The caller holds the file's
    // own lock: no two who wait can take a stale one away, of which the second would take the first's new
    // one.
    Result<bool, PathFailure> try_lock();

private:
    Result<bool, PathFailure> look_at_holder() const;
    std::string path() const { return mailbox_.path + ".lock"; }

    const OwnedPlace& mailbox_;
    std::string name_;
    bool is_held_ = false;
};

}  // namespace cursus
