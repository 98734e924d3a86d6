#include "adapters/dot_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"

namespace cursus {

namespace {

constexpr mode_t lock_permissions = 0600;

// A clock that was wrong for a while can have dated it in the future: that is no reason to wait for ever.
bool is_stale(const struct stat& facts) {
    const std::chrono::seconds age(time(nullptr) - facts.st_mtime);
    return age > dot_lock_stale_after || age < -dot_lock_stale_after;
}

}  // namespace

DotLock::~DotLock() {
    if (is_held_) unlinkat(mailbox_.directory.get(), name_.c_str(), 0);
}

Result<bool, PathFailure> DotLock::try_lock() {
    const SocketHandle file(openat(mailbox_.directory.get(), name_.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, lock_permissions));
    if (!file && errno == EEXIST) return look_at_holder();
    if (!file) return failure(path_failure("making", path(), errno));
    is_held_ = true;
    // Some programs look whether the process that holds it still lives.
    TRY_VOID(write_all(file.get(), fmt::format("{}\n", getpid()), path()));
    return true;
}

Result<bool, PathFailure> DotLock::look_at_holder() const {
    struct stat facts{};
    if (fstatat(mailbox_.directory.get(), name_.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return false;
        return failure(path_failure("looking at", path(), errno));
    }
    if (is_stale(facts) && unlinkat(mailbox_.directory.get(), name_.c_str(), 0) != 0 && errno != ENOENT)
        return failure(path_failure("removing the stale", path(), errno));
    return false;
}

}  // namespace cursus
