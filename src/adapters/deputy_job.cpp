#include "adapters/deputy_job.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"
#include "adapters/privileges.h"
#include "adapters/system_users.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr Duration read_time_max = 1min;
constexpr Duration mail_file_time_max = 5min;
constexpr Duration pam_time_max = 20s;          // modules may ask the network
constexpr Duration command_end_time_max = 30s;  // for its job to see it off
constexpr std::size_t group_entry_bytes_max = 256 * 1024;

bool is_command(const DeputyWork& work) {
    return std::holds_alternative<CommandOrder>(work);
}
bool is_question(const DeputyWork& work) {
    return std::holds_alternative<PamQuestion>(work);
}

// A session of its own, in which the job can be ended with all it has started. SIGTERM is for commands: mail
// files are written to their end, and that is soon. A module of PAM may be told to end at any time.
void leave_the_deputy(const DeputyWork& work) {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    if (is_question(work)) std::signal(SIGTERM, SIG_DFL);
}

// Nothing stays open but the content, the reply and the way to nowhere that 0 and 1 are in the deputy.
bool arrange(JobDescriptors descriptors) {
    if (descriptors.content >= 0 && dup2(descriptors.content, content_fd) < 0) return false;
    if (descriptors.reply != reply_fd && dup3(descriptors.reply, reply_fd, O_CLOEXEC) < 0) return false;
    return dup2(STDOUT_FILENO, STDERR_FILENO) >= 0 && close_range(reply_fd + 1, ~0U, 0) == 0;
}

Result<SystemUser, std::string> identify(const DeputyRequest& request) {
    TRY(found, look_up_user(request.user));
    if (!found) return failure(fmt::format("there is no user {} any more", request.user));
    if (found->uid != request.uid)
        return failure(fmt::format("the user {} has another number now", request.user));
    if (found->uid == 0 || found->gid == 0)
        return failure(fmt::format("nothing is done as {}, who has root's rights", request.user));
    return *std::move(found);
}

Result<gid_t, std::string> find_group(const char* name) {
    std::vector<char> room(group_entry_bytes_max);
    group entry{};
    group* found = nullptr;
    getgrnam_r(name, &entry, room.data(), room.size(), &found);
    if (found == nullptr) return failure(fmt::format("the group {} is not to be found", name));
    return entry.gr_gid;
}

// Root's group is left out, should the user be in it.
Result<std::vector<gid_t>, std::string> groups_for(const SystemUser& user, const DeputyWork& work) {
    TRY(groups, groups_of(user));
    std::erase(groups, gid_t{0});
    const auto* mbox = std::get_if<MboxOrder>(&work);
    if (mbox != nullptr && is_spool_mailbox(mbox->path, user)) {
        TRY(mail, find_group(mail_spool_group));
        groups.push_back(mail);
    }
    return groups;
}

void leave_no_core() {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
}

Result<SystemUser, std::string> become_user_of(const DeputyRequest& request) {
    TRY(user, identify(request));
    TRY(groups, groups_for(user, request.work));
    leave_no_core();
    TRY_VOID(become(user, groups));
    // The user's other processes may kill this one, but neither read nor lead it.
    prctl(PR_SET_DUMPABLE, 0);
    if (!is_command(request.work) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failure(fmt::format("becoming the user {}: no_new_privs is refused", user.name));
    umask(077);
    return user;
}

// The modules are root's as this process is; what the server was started with is not for them.
PamReply ask_pam_in_private(const PamQuestion& question) {
    leave_no_core();
    prctl(PR_SET_DUMPABLE, 0);
    umask(077);
    clearenv();
    return ask_pam(question);
}

// What comes with the request is not what it should be when the server is not what it should be.
bool is_message(int fd) {
    struct stat facts{};
    return fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && lseek(fd, 0, SEEK_SET) == 0;
}

DeputyReply do_work(const SystemUser& user, const DeputyWork& work) {
    if (const auto* read = std::get_if<ReadOrder>(&work)) return read_owners_file(user, *read);
    if (!is_message(content_fd)) return failed_reply(work, "the message did not come as a file");
    if (const auto* maildir = std::get_if<MaildirOrder>(&work)) return deliver_to_maildir(user, *maildir);
    if (const auto* mbox = std::get_if<MboxOrder>(&work)) return deliver_to_mbox(user, *mbox);
    return run_command(std::get<CommandOrder>(work));
}

DeputyReply reply_to(const DeputyRequest& request) {
    if (chdir("/") != 0) return failed_reply(request.work, "the root directory cannot be entered");
    if (const auto* question = std::get_if<PamQuestion>(&request.work)) return ask_pam_in_private(*question);
    const auto user = become_user_of(request);
    if (!user) return failed_reply(request.work, user.error());
    return do_work(*user, request.work);
}

}  // namespace

Duration job_time_max(const DeputyWork& work) {
    if (const auto* command = std::get_if<CommandOrder>(&work))
        return command->limits.time + command_end_time_max;
    if (const auto* mbox = std::get_if<MboxOrder>(&work)) return mbox->lock_wait + mail_file_time_max;
    if (is_question(work)) return pam_time_max;
    return std::holds_alternative<ReadOrder>(work) ? read_time_max : mail_file_time_max;
}

DeputyReply failed_reply(const DeputyWork& work, std::string what) {
    if (std::holds_alternative<ReadOrder>(work)) return ReadReply{ReadOutcome::Failed, std::move(what)};
    if (is_question(work)) return PamReply{PamOutcome::Failed, std::move(what)};
    return DeputyResult{DeputyOutcome::Later, std::move(what)};
}

void run_job(const DeputyRequest& request, JobDescriptors descriptors) {
    leave_the_deputy(request.work);
    if (!arrange(descriptors)) _exit(1);
    const std::string reply = encode(reply_to(request));
    const bool is_told = write_all(reply_fd, reply, "the reply").has_value();
    _exit(is_told ? 0 : 1);
}

}  // namespace cursus
