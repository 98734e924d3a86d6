#include "adapters/edited_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "adapters/socket_handle.h"

namespace cursus {
namespace {

std::unexpected<std::string> trouble(std::string_view what, const std::string& path) {
    return failure(fmt::format("{} {}: {}", what, path, std::system_category().message(errno)));
}

struct OldFile {
    std::string text;
    std::optional<struct stat> facts;  // none: it is not there
};

Result<OldFile, std::string> read_old(const std::string& path) {
    const SocketHandle file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!file && errno == ENOENT) return OldFile();
    if (!file) return trouble("opening", path);
    struct stat facts{};
    if (fstat(file.get(), &facts) != 0) return trouble("looking at", path);
    if (!S_ISREG(facts.st_mode)) return failure(path + " is no regular file");
    if (static_cast<std::size_t>(facts.st_size) > edited_file_bytes_max)
        return failure(path + " is too long");
    OldFile old{std::string(static_cast<std::size_t>(facts.st_size), '\0'), facts};
    for (std::size_t size = 0; size < old.text.size();) {
        const ssize_t got = read(file.get(), old.text.data() + size, old.text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return trouble("reading", path);
        size += static_cast<std::size_t>(got);
    }
    return old;
}

// Owner and mode before there is anything in it to read.
bool give_rights(int file, const std::optional<struct stat>& old, const NewFileRights& rights) {
    struct stat now{};
    if (fstat(file, &now) != 0) return false;
    const uid_t owner = old ? old->st_uid : now.st_uid;
    const gid_t group = old ? old->st_gid : rights.group.value_or(now.st_gid);
    const bool is_given = owner == now.st_uid && group == now.st_gid;
    return (is_given || fchown(file, owner, group) == 0) &&
           fchmod(file, old ? old->st_mode & 07777U : rights.mode) == 0;
}

bool write_and_sync(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fsync(file) == 0;
}

Result<void, std::string> replace(const std::string& path, const std::string& text,
                                  const std::optional<struct stat>& old, const NewFileRights& rights) {
    std::string temporary = path + ".XXXXXX";
    const SocketHandle file(mkostemp(temporary.data(), O_CLOEXEC));
    if (!file) return trouble("making a file beside", path);
    if (give_rights(file.get(), old, rights) && write_and_sync(file.get(), text) &&
        rename(temporary.c_str(), path.c_str()) == 0)
        return {};
    const int error = errno;
    unlink(temporary.c_str());
    errno = error;
    return trouble("writing", path);
}

}  // namespace

// The directory is what is locked: the file is another one afterwards.
Result<void, std::string> edit_file(const std::string& path, const NewFileRights& rights,
                                    const ChangeText& change) {
    const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), free);
    const std::filesystem::path real(resolved ? resolved.get() : path.c_str());
    const std::string directory = real.has_parent_path() ? real.parent_path().string() : ".";
    const SocketHandle held(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!held) return trouble("opening", directory);
    while (flock(held.get(), LOCK_EX) != 0)
        if (errno != EINTR) return trouble("locking", directory);
    TRY(old, read_old(real));
    const auto text = change(old.text);
    if (!text) return {};
    TRY_VOID(replace(real, *text, old.facts, rights));
    return fsync(held.get()) == 0 ? Result<void, std::string>() : trouble("syncing", directory);
}

}  // namespace cursus
