// What a daemon does to its own process at the start.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace cursus {

// Raises the limit of open files to what the system allows; returns the limit that holds.
std::uint64_t raise_open_file_limit();

// Files are made with exactly the permissions asked for, less those of group and others (umask 077).
void restrict_new_files();

// Becomes `user` with its groups, all threads of the process, for good; verified by trying to get back.
// Without root's rights it succeeds only when the process is that user already. The error is a sentence for
// the operator: after one the process may be half changed and must end.
Result<void, std::string> drop_privileges(const std::string& user);

}  // namespace cursus
