// Appending to a mailbox file, under both of its locks: the file's own first, then the lock file (Debian
// policy §11.6). While either is held by another it waits with neither, so that no two programs can wait for
// each other.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"
#include "adapters/dot_lock.h"
#include "mail/mbox.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr auto lock_pause = 250ms;
constexpr mode_t mailbox_permissions = 0600, spool_mailbox_permissions = 0660;

PathFailure refused(const std::string& path, std::string_view why) {
    return {PathFailure::Kind::Other, fmt::format("{} {}", path, why), 0};
}

Result<void, PathFailure> check(const struct stat& facts, const std::string& path, const SystemUser& user) {
    if (S_ISLNK(facts.st_mode)) return failure(refused(path, "is a symbolic link"));
    if (!S_ISREG(facts.st_mode)) return failure(refused(path, "is no regular file"));
    if (facts.st_uid != user.uid) return failure(refused(path, "does not belong to " + user.name));
    if (facts.st_nlink != 1) return failure(refused(path, "has other names (hard links)"));
    return {};
}

Result<SocketHandle, PathFailure> make_mailbox(const OwnedPlace& place, const SystemUser& user) {
    SocketHandle file(openat(place.directory.get(), place.name.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mailbox_permissions));
    if (!file) return failure(path_failure("making", place.path, errno));
    if (is_spool_mailbox(place.path, user)) {
        struct stat directory{};
        if (fstat(place.directory.get(), &directory) != 0 || fchown(file.get(), -1, directory.st_gid) != 0 ||
            fchmod(file.get(), spool_mailbox_permissions) != 0)
            return failure(path_failure("setting group and permissions of", place.path, errno));
    }
    return file;
}

Result<SocketHandle, PathFailure> open_mailbox(const OwnedPlace& place, const SystemUser& user) {
    struct stat facts{};
    // Before it is opened: opening a FIFO or a device can wait, or do something.
    if (fstatat(place.directory.get(), place.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT) return failure(path_failure("looking at", place.path, errno));
        auto made = make_mailbox(place, user);
        if (made || made.error().error != EEXIST) return made;
        // Another message was first.
        if (fstatat(place.directory.get(), place.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
            return failure(path_failure("looking at", place.path, errno));
    }
    TRY_VOID(check(facts, place.path, user));
    SocketHandle file(openat(place.directory.get(), place.name.c_str(),
                             O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return failure(path_failure("opening", place.path, errno));
    if (fstat(file.get(), &facts) != 0) return failure(path_failure("looking at", place.path, errno));
    TRY_VOID(check(facts, place.path, user));
    return file;
}

Result<bool, PathFailure> try_file_lock(int file, const std::string& path) {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(file, F_SETLK, &lock) == 0) return true;
    if (errno == EACCES || errno == EAGAIN) return false;
    return failure(path_failure("locking", path, errno));
}

// A reader may have replaced the mailbox between its opening and its locking.
bool is_still_there(const OwnedPlace& place, int file) {
    struct stat open_one{}, named{};
    return fstat(file, &open_one) == 0 &&
           fstatat(place.directory.get(), place.name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

// What must stand before a message so that it begins after an empty line, whatever was there.
Result<std::string, PathFailure> missing_line_ends(int file, off_t size, const std::string& path) {
    if (size == 0) return std::string();
    char last[2] = {'\n', '\n'};
    const off_t count = std::min<off_t>(size, 2);
    const ssize_t got = pread(file, last + 2 - count, static_cast<std::size_t>(count), size - count);
    if (got != count) return failure(path_failure("reading", path, got < 0 ? errno : EIO));
    if (last[1] != '\n') return std::string("\n\n");
    return std::string(last[0] == '\n' ? "" : "\n");
}

Result<void, PathFailure> write_message(int file, off_t size, const MboxOrder& order) {
    TRY(line_ends, missing_line_ends(file, size, order.path));
    if (lseek(file, size, SEEK_SET) < 0) return failure(path_failure("seeking in", order.path, errno));
    TRY_VOID(write_all(file, line_ends + from_line(order.envelope_sender, order.at), order.path));
    FromQuoting quoting;
    TRY_VOID(
        copy_content([&](std::string_view text) { return write_all(file, quoting.add(text), order.path); }));
    TRY_VOID(write_all(file, quoting.end(), order.path));
    if (fsync(file) != 0) return failure(path_failure("syncing", order.path, errno));
    return {};
}

Result<void, PathFailure> append(const OwnedPlace& place, int file, const MboxOrder& order) {
    struct stat facts{};
    if (fstat(file, &facts) != 0) return failure(path_failure("looking at", order.path, errno));
    auto written = write_message(file, facts.st_size, order);
    if (!written) {  // not even a part of it stays
        if (ftruncate(file, facts.st_size) != 0 || fsync(file) != 0)
            written.error().what += ", and a part of the message could not be taken away again";
        return written;
    }
    if (facts.st_size != 0) return {};
    // Perhaps it is new, and its name has to last as well.
    return sync_place(place.directory.get(), order.path);
}

// False: locked by another.
Result<bool, PathFailure> try_to_append(const OwnedPlace& place, const SystemUser& user,
                                        const MboxOrder& order) {
    TRY(mailbox, open_mailbox(place, user));
    TRY(has_file_lock, try_file_lock(mailbox.get(), order.path));
    if (!has_file_lock) return false;
    DotLock dot_lock(place);
    TRY(has_dot_lock, dot_lock.try_lock());
    if (!has_dot_lock || !is_still_there(place, mailbox.get())) return false;
    TRY_VOID(append(place, mailbox.get(), order));
    return true;
}

Result<void, PathFailure> deliver(const SystemUser& user, const MboxOrder& order) {
    TRY(place, find_place(user, order.path, Directories::Any, WhenMissing::Make));
    const auto until = std::chrono::steady_clock::now() + order.lock_wait;
    for (;;) {
        TRY(is_done, try_to_append(place, user, order));
        if (is_done) return {};
        if (std::chrono::steady_clock::now() >= until)
            return failure(refused(order.path, "is locked by another program"));
        std::this_thread::sleep_for(lock_pause);
    }
}

}  // namespace

DeputyResult deliver_to_mbox(const SystemUser& user, const MboxOrder& order) {
    const auto delivered = deliver(user, order);
    if (!delivered) return result_of(delivered.error());
    return {DeputyOutcome::Done, {}};
}

}  // namespace cursus
