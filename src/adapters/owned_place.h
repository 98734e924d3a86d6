// Finding a user's file without being led astray: one component at a time, each looked at before it is
// trusted.
//
// A symbolic link is followed when it belongs to root or to the user, who could have written its target as
// well; what it leads through is looked at like the rest. The last component is not followed here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/socket_handle.h"
#include "base/result.h"
#include "runtime/users.h"

namespace cursus {

inline constexpr int links_followed_max = 16;

struct PathFailure {
    enum class Kind : std::uint8_t { NotThere, Other };
    Kind kind = Kind::Other;
    std::string what;  // for people: names the path
    int error = 0;     // the system's, 0 when it was our rule
};

enum class Directories : std::uint8_t {
    Any,               // the process has no more rights than the user: it can do no harm that they cannot
    NobodyElseWrites,  // owned by root or the user, and written to by them alone: nobody else can put a file
                       // there
};
enum class WhenMissing : std::uint8_t { Fail, Make };  // made with permissions 0700, and their names last

struct OwnedPlace {
    SocketHandle directory;  // O_PATH
    std::string name;        // the last component, in that directory
    std::string path;        // as it was asked for
};

// The directory that `path` (absolute) lies in. The user's home directory is never made, and that it is
// missing is no NotThere: it may not be mounted now.
Result<OwnedPlace, PathFailure> find_place(const SystemUser& user, std::string_view path,
                                           Directories directories, WhenMissing when_missing);

// The same for a directory itself, last component included.
Result<SocketHandle, PathFailure> find_directory(const SystemUser& user, std::string_view path,
                                                 Directories directories, WhenMissing when_missing);

// Makes what was changed in the directory last.
Result<void, PathFailure> sync_place(int directory, std::string_view path);

PathFailure path_failure(std::string_view operation, std::string_view path, int error);

}  // namespace cursus
