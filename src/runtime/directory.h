// A directory in which people have entries, and passwords that only it can check.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

class Directory {
public:
    virtual ~Directory() = default;
    // Who that is, as the directory has it; nothing: no entry is of that name, or the password is another.
    // From any reactor, within a time limit of its own. Never says that an empty password is right. The error
    // is temporary and for people: it names the directory.
    virtual Task<Result<std::optional<std::string>, std::string>> authenticate(std::string name,
                                                                               std::string password) = 0;
};

}  // namespace cursus
