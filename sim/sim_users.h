// The users of the simulated world, which outlive a kill of the program.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/users.h"
#include "sim/fault_plan.h"
#include "sim/scheduler.h"

namespace cursus {

class SimAccounts {
public:
    explicit SimAccounts(const Scheduler& scheduler) : scheduler_(scheduler) {}

    // Replaces the user of this name.
    void put(const SystemUser& user) { users_.insert_or_assign(user.name, user); }
    void remove(const std::string& name) { users_.erase(name); }
    // The name service gives no answer in the window.
    void fault(Window window = {}) { faults_.push_back(window); }
    void clear_faults() { faults_.clear(); }

    Result<std::optional<SystemUser>, std::string> ask(const std::string& name) const {
        for (const Window& window : faults_) {
            if (window.holds(scheduler_.now())) return failure("looking up the user " + name + ": no answer");
        }
        const auto found = users_.find(name);
        return found == users_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    const Scheduler& scheduler_;
    std::map<std::string, SystemUser> users_;
    std::vector<Window> faults_;
};

// One process's view of them: asked anew each time.
class SimUsers final : public Users {
public:
    explicit SimUsers(const SimAccounts& accounts) : accounts_(accounts) {}
    Task<Result<std::optional<SystemUser>, std::string>> find(std::string name) override {
        co_return accounts_.ask(name);
    }

private:
    const SimAccounts& accounts_;
};

}  // namespace cursus
