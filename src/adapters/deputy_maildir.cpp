// Writing into a Maildir: the whole message and its name are on disk, or it is not there.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"

namespace cursus {

namespace {

constexpr mode_t directory_permissions = 0700, file_permissions = 0600;

Result<void, PathFailure> check_owner(int directory, const std::string& path, const SystemUser& user) {
    struct stat facts{};
    if (fstat(directory, &facts) != 0) return failure(path_failure("looking at", path, errno));
    if (facts.st_uid == user.uid) return {};
    return failure(
        PathFailure{PathFailure::Kind::Other, fmt::format("{} does not belong to {}", path, user.name), 0});
}

// One of a Maildir's three, made when it is missing. Not through a link: it is in the same file system.
Result<SocketHandle, PathFailure> part_of(int maildir, const std::string& path, const char* name,
                                          const SystemUser& user) {
    const std::string full = path + '/' + name;
    if (mkdirat(maildir, name, directory_permissions) == 0) {
        TRY_VOID(sync_place(maildir, path));
    } else if (errno != EEXIST) {
        return failure(path_failure("making", full, errno));
    }
    SocketHandle part(openat(maildir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!part) return failure(path_failure("opening", full, errno));
    TRY_VOID(check_owner(part.get(), full, user));
    return part;
}

struct OpenMaildir {
    SocketHandle directory;
    std::string path;
};

// The folder, if its owner has made it: otherwise any stranger could make as many as they like.
Result<OpenMaildir, PathFailure> folder_or_inbox(OpenMaildir inbox, const std::string& folder,
                                                 const SystemUser& user) {
    if (folder.empty()) return inbox;
    SocketHandle opened(
        openat(inbox.directory.get(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const std::string path = inbox.path + '/' + folder;
    if (!opened && errno == ENOENT) return inbox;
    if (!opened) return failure(path_failure("opening", path, errno));
    TRY_VOID(check_owner(opened.get(), path, user));
    return OpenMaildir{std::move(opened), path};
}

Result<void, PathFailure> write_file(int directory, const std::string& path, const MaildirOrder& order) {
    const char* const name = order.file_name.c_str();
    // One is left by an attempt that was killed: nobody else uses this name.
    if (unlinkat(directory, name, 0) != 0 && errno != ENOENT)
        return failure(path_failure("removing", path, errno));
    const SocketHandle file(
        openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_permissions));
    if (!file) return failure(path_failure("making", path, errno));
    TRY_VOID(copy_content([&](std::string_view text) { return write_all(file.get(), text, path); }));
    if (fsync(file.get()) != 0) return failure(path_failure("syncing", path, errno));
    return {};
}

Result<void, PathFailure> deliver(const SystemUser& user, const MaildirOrder& order) {
    TRY(found, find_directory(user, order.directory, Directories::Any, WhenMissing::Make));
    TRY_VOID(check_owner(found.get(), order.directory, user));
    TRY(maildir, folder_or_inbox({std::move(found), order.directory}, order.folder, user));
    TRY(temporary, part_of(maildir.directory.get(), maildir.path, "tmp", user));
    TRY(fresh, part_of(maildir.directory.get(), maildir.path, "new", user));
    TRY_VOID(part_of(maildir.directory.get(), maildir.path, "cur", user));
    const char* const name = order.file_name.c_str();
    auto written = write_file(temporary.get(), maildir.path + "/tmp/" + order.file_name, order);
    if (!written) {
        unlinkat(temporary.get(), name, 0);
        return written;
    }
    // The octets first, then the name: a name in new/ never stands for less than the whole message.
    const std::string path = maildir.path + "/new";
    if (renameat(temporary.get(), name, fresh.get(), name) != 0)
        return failure(path_failure("naming", path + '/' + order.file_name, errno));
    if (fsync(fresh.get()) != 0) return failure(path_failure("syncing", path, errno));
    return {};
}

}  // namespace

DeputyResult deliver_to_maildir(const SystemUser& user, const MaildirOrder& order) {
    const auto delivered = deliver(user, order);
    if (!delivered) return result_of(delivered.error());
    return {DeputyOutcome::Done, {}};
}

}  // namespace cursus
