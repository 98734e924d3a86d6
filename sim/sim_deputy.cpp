#include "sim/sim_deputy.h"

#include <array>
#include <span>

#include "mail/mbox.h"
#include "runtime/suspend.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr Duration job_part_min = 1ms, job_part_max = 20ms;
constexpr int directories_deep_max = 64;

std::string refusal_of(const SystemUser& user) {
    return user.uid == 0 ? "nothing is done as " + user.name + ", who has root's rights: give it an alias"
                         : "";
}

DeputyResult result_of(const FileResult<>& done) {
    if (done) return {DeputyOutcome::Done, {}};
    const bool is_full = done.error().kind == FileErrorKind::Full;
    return {is_full ? DeputyOutcome::Full : DeputyOutcome::Later, done.error().what};
}

std::string parent_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

FileResult<std::string> text_of(const File& file) {
    TRY(size, file.size());
    std::string text(size, '\0');
    TRY(got, file.read_at(0, text));
    text.resize(got);
    return text;
}

FileResult<> write_whole(File& file, std::uint64_t offset, std::string_view text) {
    TRY_VOID(file.write_at(offset, std::span(&text, 1)));
    return file.sync();
}

// So that the next message begins after an empty line.
std::string_view missing_line_ends(std::string_view before) {
    if (before.empty() || before.ends_with("\n\n")) return "";
    return before.ends_with('\n') ? "\n" : "\n\n";
}

}  // namespace

const DeputyResult* SimHomes::fault_of(const std::string& user) const {
    for (const Fault& fault : faults_) {
        if ((fault.user.empty() || fault.user == user) && fault.window.holds(scheduler_.now()))
            return &fault.result;
    }
    return nullptr;
}

std::string SimDeputy::why_absent() const {
    return is_called_off_ ? "not done, since the server stops" : homes_.why_absent_;
}

Task<void> SimDeputy::work_a_while() {
    const Duration time = random_.between(job_part_min, job_part_max);
    co_await suspend(
        [this, time](Resume resume) { scheduler_.at(process_, scheduler_.now() + time, std::move(resume)); });
}

// As long as the command takes.
Task<void> SimDeputy::run_a_while(const DeputyOrder& order) {
    const auto* command = std::get_if<CommandOrder>(&order);
    if (command == nullptr) co_return;
    const auto found = homes_.commands_.find(command->arguments.front());
    if (found == homes_.commands_.end() || found->second.takes == Duration::zero()) co_return;
    const Instant end = scheduler_.now() + found->second.takes;
    co_await suspend([this, end](Resume resume) { scheduler_.at(process_, end, std::move(resume)); });
}

Task<Result<std::optional<OwnersFile>, std::string>> SimDeputy::read(SystemUser user, std::string path) {
    co_await work_a_while();
    std::string refusal = why_absent().empty() ? refusal_of(user) : why_absent();
    if (!refusal.empty()) co_return failure(std::move(refusal));
    if (const auto* fault = homes_.fault_of(user.name)) co_return failure(path + ": " + fault->what);
    const auto found = homes_.files_.find(path);
    if (found == homes_.files_.end()) co_return std::nullopt;
    if (!found->second) co_return failure(path + ": " + found->second.error());
    co_return OwnersFile{path, *found->second};
}

Task<Result<PamAnswer, std::string>> SimDeputy::ask_pam(PamQuestion question) {
    co_await work_a_while();
    if (!why_absent().empty()) co_return failure(why_absent());
    if (!can_be_pam_user(question.user)) co_return failure(std::string("not a name that PAM is asked about"));
    if (const auto* fault = homes_.fault_of(question.user)) co_return failure("PAM: " + fault->what);
    const auto found = homes_.passwords_.find(question.user);
    if (found == homes_.passwords_.end()) co_return PamAnswer{false, {}, "PAM: User not known"};
    if (found->second.text != question.password)
        co_return PamAnswer{false, {}, "PAM: Authentication failure"};
    if (found->second.uid == 0) co_return PamAnswer{false, {}, "root does not log in"};
    co_return PamAnswer{true, question.user, {}};
}

Task<DeputyResult> SimDeputy::deliver(SystemUser user, DeputyOrder order, Content& content) {
    std::string message;
    while (true) {
        const auto piece = co_await content.next();
        if (!piece) co_return DeputyResult{DeputyOutcome::Later, piece.error()};
        if ((*piece)->empty()) break;
        message += **piece;
    }
    co_await work_a_while();
    co_await run_a_while(order);
    DeputyResult result = carry_out(user, order, message);
    co_await work_a_while();
    co_return result;
}

DeputyResult SimDeputy::carry_out(const SystemUser& user, const DeputyOrder& order,
                                  const std::string& message) {
    std::string refusal = why_absent().empty() ? refusal_of(user) : why_absent();
    if (!refusal.empty()) return {DeputyOutcome::Later, std::move(refusal)};
    if (const auto* fault = homes_.fault_of(user.name)) return *fault;
    if (const auto* maildir = std::get_if<MaildirOrder>(&order))
        return result_of(write_maildir(*maildir, message));
    if (const auto* mbox = std::get_if<MboxOrder>(&order)) return result_of(append_mbox(*mbox, message));
    const auto& command = std::get<CommandOrder>(order);
    const auto found = homes_.commands_.find(command.arguments.front());
    if (found == homes_.commands_.end())
        return {DeputyOutcome::Later, "running " + command.arguments.front() + ": No such file or directory"};
    return found->second.does(user, command, message);
}

FileResult<> SimDeputy::make_path(const std::string& path) {
    std::vector<std::string> missing;
    for (std::string upper = path; upper != "/" && !disk_.exists(upper); upper = parent_of(upper)) {
        missing.push_back(upper);
        if (missing.size() > directories_deep_max) break;
    }
    while (!missing.empty()) {
        TRY_VOID(disk_.make_directory(missing.back(), 0700));
        TRY_VOID(disk_.sync_directory(parent_of(missing.back())));
        missing.pop_back();
    }
    return {};
}

FileResult<> SimDeputy::write_maildir(const MaildirOrder& order, std::string_view message) {
    constexpr std::array<std::string_view, 3> parts{"/tmp", "/new", "/cur"};
    const std::string folder = order.directory + '/' + order.folder;
    const std::string& maildir = !order.folder.empty() && disk_.exists(folder) ? folder : order.directory;
    for (const std::string_view part : parts) {
        TRY_VOID(make_path(maildir + std::string(part)));
    }
    const std::string temporary = maildir + "/tmp/" + order.file_name;
    if (disk_.exists(temporary)) {
        TRY_VOID(disk_.remove(temporary));
    }
    {
        TRY(file, disk_.open(temporary, OpenMode::CreateNew));
        auto written = write_whole(*file, 0, message);
        if (!written) {
            static_cast<void>(disk_.remove(temporary));
            return written;
        }
    }
    TRY_VOID(disk_.rename(temporary, maildir + "/new/" + order.file_name));
    return disk_.sync_directory(maildir + "/new");
}

FileResult<> SimDeputy::append_mbox(const MboxOrder& order, std::string_view message) {
    TRY_VOID(make_path(parent_of(order.path)));
    const OpenMode mode = disk_.exists(order.path) ? OpenMode::Write : OpenMode::CreateNew;
    TRY(file, disk_.open(order.path, mode));
    TRY(before, text_of(*file));
    FromQuoting quoting;
    std::string text(missing_line_ends(before));
    text += from_line(order.envelope_sender, order.at);
    text += quoting.add(message);
    text += quoting.end();
    auto written = write_whole(*file, before.size(), text);
    if (!written) {
        static_cast<void>(file->truncate(before.size()));
        return written;
    }
    return before.empty() ? disk_.sync_directory(parent_of(order.path)) : FileResult<>{};
}

}  // namespace cursus
