// What a daemon does to its own process at the start, and how a process becomes a user.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/users.h"

namespace cursus {

// Raises the limit of open files to what the system allows; returns the limit that holds.
std::uint64_t raise_open_file_limit();

// Files are made with exactly the permissions asked for, less those of group and others (umask 077).
void restrict_new_files();

// The groups the system knows the user to be in, its own first.
Result<std::vector<gid_t>, std::string> groups_of(const SystemUser& user);

// Gives root's rights up for those of `user` in exactly these groups, all threads of the process, for good;
// verified by trying to get back. After an error the process may be half changed and must end.
Result<void, std::string> become(const SystemUser& user, const std::vector<gid_t>& groups);

// Libraries look for their files below HOME: as root, before there is a thread, for a process that is going
// to become `user` (none: nothing changes). Root's home would be closed to it then.
void take_home_of(const std::string& user);

// Does `work` as `user` (none, or without root's rights: as it is) and becomes root again: what it makes is
// the user's, and where it writes, that user could. Before there is a thread. An error is a sentence.
Result<void, std::string> as_user(const std::string& user,
                                  const std::function<Result<void, std::string>()>& work);

// Becomes `user` with its groups. Without root's rights it succeeds only when the process is that user
// already. The error is a sentence for the operator: after one the process may be half changed and must end.
Result<void, std::string> drop_privileges(const std::string& user);

}  // namespace cursus
