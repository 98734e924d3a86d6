// What the commands about the queue share: which recipients are meant, and calls that go on page by page.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "main/admin_client.h"
#include "main/command.h"

namespace cursus {

struct QueueSelection {
    std::string id, domain, sender, recipient, account;
    std::string state;    // "held", "due"; empty: any
    std::string held_by;  // empty: anybody
    bool all = false;
    bool is_empty() const {
        return id.empty() && domain.empty() && sender.empty() && recipient.empty() && account.empty() && !all;
    }
};
std::string query_of(const QueueSelection& selection);

std::string text_of(const nlohmann::json& json, const char* key);     // printable; empty when it is not there
std::string short_time(const nlohmann::json& json, const char* key);  // to the second

// Calls `target`, which has a query, page by page until its cursor ends or `each` says false.
Result<void, AdminFailure> for_each_page(const std::string& socket, AdminMethod method,
                                         const std::string& target,
                                         const std::function<bool(const nlohmann::json&)>& each);

struct TouchedRecipients {
    std::uint64_t touched = 0, busy = 0;
};
Result<TouchedRecipients, AdminFailure> touch_recipients(const std::string& socket,
                                                         const std::string& target);
// Tells what was done, and gives the exit code.
int tell(const TouchedRecipients& count, const char* done, bool json);

// Runs with the socket of the configuration.
void run_with_socket(CLI::App& command, const CommonOptions& common, Action& action,
                     std::function<int(const std::string& socket)> run);

}  // namespace cursus
