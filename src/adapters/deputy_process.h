// The deputy: a process that keeps root's rights when the server gives them up, to do a fixed set of things
// as other users (docs/privileges.md). It reads no configuration, no message and no name of the network's.
#pragma once

#include <sys/types.h>

#include <string>

#include "adapters/socket_handle.h"
#include "base/result.h"

namespace cursus {

// At once; then requests stay in the socket. Mail and logins do not take each other's places.
inline constexpr std::size_t deputy_jobs_max = 16, deputy_questions_max = 4;

struct DeputyLink {
    SocketHandle socket{-1};  // closing it ends the deputy, and what it runs
    pid_t process = -1;
};

// As root, and before the process has a second thread. The error, for people: why there is none.
Result<DeputyLink, std::string> start_deputy();

}  // namespace cursus
