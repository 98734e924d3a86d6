// A message's content as an open file that another process can read and nobody can change: in memory when it
// is small, else a file of the data directory that has no name.
#pragma once

#include <string>

#include "adapters/socket_handle.h"
#include "base/result.h"
#include "runtime/deputy.h"
#include "runtime/reactor.h"
#include "runtime/task.h"

namespace cursus {

inline constexpr std::size_t content_in_memory_max = 256 * 1024;

struct ContentPlace {
    Offload& pool;
    std::string directory;  // for what is larger
};
// The error, for people: why it cannot be had now. `content` and `place` outlive the task.
Task<Result<SocketHandle, std::string>> content_file(Content& content, const ContentPlace& place);

}  // namespace cursus
