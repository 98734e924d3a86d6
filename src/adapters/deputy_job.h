// One job of the deputy's, in the process made for it: it becomes the user, works, replies and ends.
#pragma once

#include <string>

#include "adapters/deputy_protocol.h"
#include "base/time.h"

namespace cursus {

// How long a job may take before the deputy kills it. A command is watched by its own job, which tells what
// happened.
Duration job_time_max(const DeputyWork& work);

// The reply that says that nothing of it was done.
DeputyReply failed_reply(const DeputyWork& work, std::string what);

struct JobDescriptors {
    int reply = -1;
    int content = -1;  // -1: there is none
};
// In a child of the deputy, which has a single thread: in this process memory may be had and NSS be asked.
[[noreturn]] void run_job(const DeputyRequest& request, JobDescriptors descriptors);

}  // namespace cursus
