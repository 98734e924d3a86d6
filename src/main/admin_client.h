#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "admin/http.h"
#include "base/result.h"

namespace cursus {

// Why the running server gave no answer, and the exit code that says so.
struct AdminFailure {
    int exit_code;
    std::string what;
};

// One call of the running server's admin socket.
Result<nlohmann::json, AdminFailure> call_server(const std::string& socket, AdminMethod method,
                                                 std::string target);
// The same for octets.
Result<std::string, AdminFailure> call_server_raw(const std::string& socket, AdminMethod method,
                                                  std::string target);

int print_failure(const AdminFailure& failure);  // on standard error; its exit code

}  // namespace cursus
