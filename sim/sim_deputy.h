// What other users' rights do in the simulated world: their forward files, their mailboxes, their commands.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/deputy.h"
#include "runtime/files.h"
#include "sim/fault_plan.h"
#include "sim/scheduler.h"
#include "sim/sim_random.h"

namespace cursus {

// What is there, and outlives a kill of the program. Mailboxes are not kept here: they are files of the
// simulated disk, which forgets like any other.
class SimHomes {
public:
    using Command =
        std::function<DeputyResult(const SystemUser&, const CommandOrder&, const std::string& message)>;

    explicit SimHomes(const Scheduler& scheduler) : scheduler_(scheduler) {}

    // Each replaces what was there of the name.
    void file(const std::string& path, std::string text) { files_.insert_or_assign(path, std::move(text)); }
    void unreadable(const std::string& path, std::string why) {
        files_.insert_or_assign(path, failure(std::move(why)));
    }
    void remove(const std::string& path) { files_.erase(path); }
    void command(const std::string& program, Command does, Duration takes = {}) {
        commands_.insert_or_assign(program, Program{std::move(does), takes});
    }
    // What PAM knows, whatever the service; a user's number says whether they are root.
    void password(const SystemUser& user, std::string password) {
        passwords_.insert_or_assign(user.name, Password{std::move(password), user.uid});
    }
    // Whatever the user ("": any) wants delivered in the window comes to this instead; files cannot be read,
    // nor PAM asked.
    void fault(std::string user, DeputyResult result, Window window = {}) {
        faults_.push_back({std::move(user), std::move(result), window});
    }
    void clear_faults() { faults_.clear(); }
    void absent(std::string why) { why_absent_ = std::move(why); }  // empty: a deputy is there

private:
    friend class SimDeputy;
    struct Fault {
        std::string user;
        DeputyResult result;
        Window window;
    };
    struct Password {
        std::string text;
        std::uint32_t uid = 0;
    };
    const DeputyResult* fault_of(const std::string& user) const;

    const Scheduler& scheduler_;
    std::map<std::string, Result<std::string, std::string>> files_;
    struct Program {
        Command does;
        Duration takes{};
    };
    std::map<std::string, Program> commands_;
    std::map<std::string, Password> passwords_;
    std::vector<Fault> faults_;
    std::string why_absent_;
};

// One process's deputy. Each job takes some milliseconds before and after what it does, so that a kill finds
// it undone, or done and nobody told.
class SimDeputy final : public Deputy {
public:
    SimDeputy(Scheduler& scheduler, Process& process, SimHomes& homes, Files& disk, std::uint64_t seed)
        : scheduler_(scheduler), process_(process), homes_(homes), disk_(disk), random_(seed, 'H') {}

    std::string why_absent() const override;
    Task<Result<std::optional<OwnersFile>, std::string>> read(SystemUser user, std::string path) override;
    Task<DeputyResult> deliver(SystemUser user, DeputyOrder order, Content& content) override;
    Task<Result<PamAnswer, std::string>> ask_pam(PamQuestion question) override;
    void call_off() override { is_called_off_ = true; }
    // For the next run of the program, which starts a deputy of its own.
    void start_again() { is_called_off_ = false; }
    void when_lost(std::move_only_function<void(std::string)>) override {
    }  // it is there from the start, or is not

private:
    Task<void> work_a_while();
    Task<void> run_a_while(const DeputyOrder& order);
    DeputyResult carry_out(const SystemUser& user, const DeputyOrder& order, const std::string& message);
    FileResult<> write_maildir(const MaildirOrder& order, std::string_view message);
    FileResult<> append_mbox(const MboxOrder& order, std::string_view message);
    FileResult<> make_path(const std::string& path);

    Scheduler& scheduler_;
    Process& process_;
    SimHomes& homes_;
    Files& disk_;
    SimRandom random_;
    bool is_called_off_ = false;
};

}  // namespace cursus
