// A file that somebody may be writing: read whole once it has settled, or not at all.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "runtime/files.h"
#include "runtime/reactor.h"

namespace cursus {

// A file that has changed less than this long ago may still be being written, and another change may bear the
// same time.
inline constexpr auto file_settle_time = std::chrono::seconds{1};
// How long it is waited for where there is nothing else to go by.
inline constexpr auto file_settle_wait = std::chrono::seconds{3};
inline constexpr auto file_settle_look_interval = std::chrono::milliseconds{200};

struct NotRead {
    enum class Kind : std::uint8_t { BeingWritten, Unreadable };
    Kind kind = Kind::Unreadable;
    std::string why;  // for people: names the file
};

// Blocking, both: for the pool. `facts` are those of the file now.
Result<void, NotRead> check_settled(const FileFacts& facts, const std::string& path, WallTime now);
Result<std::string, NotRead> read_unchanged(Files& files, const std::string& path, const FileFacts& facts,
                                            std::uint64_t bytes_max);

// Both, on the pool, after waiting for it to settle. For a task of the first reactor. The error is for
// people.
Task<Result<std::string, std::string>> read_settled(World& world, std::string path, std::uint64_t bytes_max);

}  // namespace cursus
