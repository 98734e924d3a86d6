#include "adapters/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace cursus {

namespace {

constexpr std::size_t passwd_entry_bytes_max = 64 * 1024;

struct User {
    uid_t uid;
    gid_t gid;
};

Result<User, std::string> find_user(const std::string& name) {
    std::vector<char> room(passwd_entry_bytes_max);
    passwd entry{};
    passwd* found = nullptr;
    const int error = getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
    if (error != 0) {
        return failure(
            fmt::format("looking up the user {}: {}", name, std::system_category().message(error)));
    }
    if (found == nullptr) return failure(fmt::format("there is no user {}", name));
    return User{entry.pw_uid, entry.pw_gid};
}

std::string last_error(std::string_view what, const std::string& user) {
    return fmt::format("becoming the user {}: {}: {}", user, what, std::system_category().message(errno));
}

}  // namespace

std::uint64_t raise_open_file_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

void restrict_new_files() {
    umask(077);
}

Result<void, std::string> drop_privileges(const std::string& user) {
    TRY(wanted, find_user(user));
    if (geteuid() != 0) {
        if (geteuid() == wanted.uid && getuid() == wanted.uid) return {};
        return failure(fmt::format("becoming the user {} needs root's rights", user));
    }
    if (initgroups(user.c_str(), wanted.gid) != 0) return failure(last_error("setting the groups", user));
    if (setresgid(wanted.gid, wanted.gid, wanted.gid) != 0)
        return failure(last_error("setting the group", user));
    if (setresuid(wanted.uid, wanted.uid, wanted.uid) != 0)
        return failure(last_error("setting the user", user));
    if (wanted.uid != 0 && (setuid(0) == 0 || seteuid(0) == 0 || geteuid() != wanted.uid)) {
        return failure(fmt::format("root's rights could be regained after becoming the user {}", user));
    }
    return {};
}

}  // namespace cursus
