// The users of this system, as its name service (NSS) knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

struct SystemUser {
    std::string name;
    std::uint32_t uid = 0, gid = 0;
    std::string home;
    friend bool operator==(const SystemUser&, const SystemUser&) = default;
};

class Users {
public:
    virtual ~Users() = default;
    // From any reactor; resumes on the caller's. Nullopt: there is no such user. The error, for people: the
    // name service gives no answer now.
    virtual Task<Result<std::optional<SystemUser>, std::string>> find(std::string name) = 0;
};

}  // namespace cursus
