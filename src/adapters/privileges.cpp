#include "adapters/privileges.h"

#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "adapters/system_users.h"

namespace cursus {

namespace {

constexpr int groups_max = 65536;  // NGROUPS_MAX of Linux

std::string last_error(std::string_view what, const std::string& user) {
    return fmt::format("becoming the user {}: {}: {}", user, what, std::system_category().message(errno));
}

bool can_get_back(uid_t uid, gid_t gid) {
    if (gid != 0 && (setgid(0) == 0 || setegid(0) == 0)) return true;
    if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0)) return true;
    return getuid() != uid || geteuid() != uid || getgid() != gid || getegid() != gid;
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

void take_home_of(const std::string& user) {
    if (user.empty() || geteuid() != 0) return;
    const auto found = look_up_user(user);
    // Who is not there will be told of when the rights are dropped.
    if (found && *found) setenv("HOME", (*found)->home.c_str(), 1);
}

Result<std::vector<gid_t>, std::string> groups_of(const SystemUser& user) {
    std::vector<gid_t> groups(64);
    int count = static_cast<int>(groups.size());
    while (getgrouplist(user.name.c_str(), user.gid, groups.data(), &count) < 0) {
        if (groups.size() >= groups_max) return failure(fmt::format("{} is in too many groups", user.name));
        groups.resize(groups.size() * 2);
        count = static_cast<int>(groups.size());
    }
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

Result<void, std::string> become(const SystemUser& user, const std::vector<gid_t>& groups) {
    if (setgroups(groups.size(), groups.data()) != 0)
        return failure(last_error("setting the groups", user.name));
    if (setresgid(user.gid, user.gid, user.gid) != 0)
        return failure(last_error("setting the group", user.name));
    if (setresuid(user.uid, user.uid, user.uid) != 0)
        return failure(last_error("setting the user", user.name));
    if (user.uid != 0 && can_get_back(user.uid, user.gid))
        return failure(fmt::format("root's rights could be regained after becoming the user {}", user.name));
    return {};
}

Result<void, std::string> as_user(const std::string& user,
                                  const std::function<Result<void, std::string>()>& work) {
    if (user.empty() || geteuid() != 0) return work();
    TRY(found, look_up_user(user));
    if (!found)
        return failure(fmt::format("run_as: there is no user \"{}\"; create it or name another", user));
    const gid_t own_group = getegid();
    if (setegid(found->gid) != 0) return failure(last_error("setting the group", user));
    if (seteuid(found->uid) != 0) return failure(last_error("setting the user", user));
    auto done = work();
    if (seteuid(0) != 0 || setegid(own_group) != 0) return failure(last_error("becoming root again", user));
    return done;
}

Result<void, std::string> drop_privileges(const std::string& user) {
    TRY(found, look_up_user(user));
    if (!found)
        return failure(fmt::format("run_as: there is no user \"{}\"; create it or name another", user));
    if (geteuid() != 0) {
        if (geteuid() == found->uid && getuid() == found->uid) return {};
        return failure(fmt::format("becoming the user {} needs root's rights", user));
    }
    TRY(groups, groups_of(*found));
    return become(*found, groups);
}

}  // namespace cursus
