#include "adapters/posix_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace cursus {

namespace {

constexpr std::size_t pieces_per_call = 256;  // of IOV_MAX, 1024

FileErrorKind file_kind_of(int error) {
    switch (error) {
        case ENOENT:
            return FileErrorKind::NotFound;
        case EEXIST:
            return FileErrorKind::Exists;
        case ENOSPC:
        case EDQUOT:
            return FileErrorKind::Full;
        case EACCES:
        case EPERM:
        case EROFS:
            return FileErrorKind::NotAllowed;
        default:
            return FileErrorKind::Other;
    }
}

std::unexpected<FileError> failed(std::string_view operation, std::string_view path, int error) {
    return failure(FileError{file_kind_of(error), fmt::format("{} {}: {}", operation, path,
                                                              std::system_category().message(error))});
}

// Repeats a system call that a signal cut short.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

FileFacts facts_of(const struct stat& found) {
    const auto modified =
        std::chrono::seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec};
    return {static_cast<std::uint64_t>(found.st_size), FileFacts::Time(modified), found.st_dev, found.st_ino,
            S_ISREG(found.st_mode)};
}

class PosixFile final : public File {
public:
    PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
    ~PosixFile() override { close(descriptor_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    FileResult<> write_at(std::uint64_t offset, std::span<const std::string_view> pieces) override;
    FileResult<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const override;
    FileResult<std::uint64_t> size() const override;
    FileResult<FileFacts> facts() const override;
    FileResult<FileRights> rights() const override;
    FileResult<> truncate(std::uint64_t size) override;
    FileResult<> sync() override;
    void leave_cache() const override;

private:
    int descriptor_;
    std::string path_;
};

// Fills `vectors` from the pieces, the first of which has had `skip` bytes written already.
std::size_t gather(std::span<const std::string_view> pieces, std::size_t skip, std::span<iovec> vectors) {
    const std::size_t count = std::min(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view piece = i == 0 ? pieces[i].substr(skip) : pieces[i];
        vectors[i] = {const_cast<char*>(piece.data()), piece.size()};
    }
    return count;
}

FileResult<> PosixFile::write_at(std::uint64_t offset, std::span<const std::string_view> pieces) {
    std::array<iovec, pieces_per_call> vectors;
    std::size_t skip = 0;
    for (;;) {
        while (!pieces.empty() && skip >= pieces.front().size()) {
            skip -= pieces.front().size();
            pieces = pieces.subspan(1);
        }
        if (pieces.empty()) return {};
        const int count = static_cast<int>(gather(pieces, skip, vectors));
        const ssize_t written = uninterrupted(
            [&] { return pwritev(descriptor_, vectors.data(), count, static_cast<off_t>(offset)); });
        if (written < 0) return failed("writing", path_, errno);
        offset += static_cast<std::uint64_t>(written);
        skip += static_cast<std::size_t>(written);
    }
}

FileResult<std::size_t> PosixFile::read_at(std::uint64_t offset, std::span<char> buffer) const {
    std::size_t total = 0;
    while (total < buffer.size()) {
        const ssize_t got = uninterrupted([&] {
            return pread(descriptor_, buffer.data() + total, buffer.size() - total,
                         static_cast<off_t>(offset + total));
        });
        if (got < 0) return failed("reading", path_, errno);
        if (got == 0) break;
        total += static_cast<std::size_t>(got);
    }
    return total;
}

FileResult<std::uint64_t> PosixFile::size() const {
    struct stat facts{};
    if (fstat(descriptor_, &facts) != 0) return failed("looking at", path_, errno);
    return static_cast<std::uint64_t>(facts.st_size);
}

FileResult<FileFacts> PosixFile::facts() const {
    struct stat found{};
    if (fstat(descriptor_, &found) != 0) return failed("looking at", path_, errno);
    return facts_of(found);
}

FileResult<FileRights> PosixFile::rights() const {
    struct stat found{};
    if (fstat(descriptor_, &found) != 0) return failed("looking at", path_, errno);
    return FileRights{found.st_uid, found.st_mode & 0777U};
}

FileResult<> PosixFile::truncate(std::uint64_t size) {
    const int result = uninterrupted([&] { return ftruncate(descriptor_, static_cast<off_t>(size)); });
    if (result != 0) return failed("truncating", path_, errno);
    return {};
}

FileResult<> PosixFile::sync() {
    const int result = uninterrupted([&] { return fdatasync(descriptor_); });
    if (result != 0) return failed("syncing", path_, errno);
    return {};
}

void PosixFile::leave_cache() const {
    static_cast<void>(posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED));
}

int open_flags(OpenMode mode) {
    switch (mode) {
        case OpenMode::Read:
            return O_RDONLY;
        case OpenMode::Write:
            return O_RDWR;
        case OpenMode::CreateNew:
            return O_RDWR | O_CREAT | O_EXCL;
    }
    std::unreachable();
}

}  // namespace

FileResult<std::unique_ptr<File>> PosixFiles::open(const std::string& path, OpenMode mode,
                                                   unsigned permissions) {
    const int descriptor =
        uninterrupted([&] { return ::open(path.c_str(), open_flags(mode) | O_CLOEXEC, permissions); });
    if (descriptor < 0) return failed(mode == OpenMode::CreateNew ? "creating" : "opening", path, errno);
    return std::make_unique<PosixFile>(descriptor, path);
}

FileResult<> PosixFiles::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failed(fmt::format("renaming {} to", from), to, errno);
    return {};
}

FileResult<> PosixFiles::link(const std::string& from, const std::string& to) {
    if (::link(from.c_str(), to.c_str()) != 0) return failed(fmt::format("linking {} to", from), to, errno);
    return {};
}

FileResult<> PosixFiles::remove(const std::string& path) {
    if (unlink(path.c_str()) != 0) return failed("removing", path, errno);
    return {};
}

FileResult<> PosixFiles::make_directory(const std::string& path, unsigned permissions) {
    if (mkdir(path.c_str(), permissions) != 0) return failed("making the directory", path, errno);
    return {};
}

FileResult<> PosixFiles::sync_directory(const std::string& path) {
    const int descriptor =
        uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return failed("opening the directory", path, errno);
    const int result = uninterrupted([&] { return fsync(descriptor); });
    const int error = errno;
    close(descriptor);
    if (result != 0) return failed("syncing the directory", path, error);
    return {};
}

FileResult<std::vector<std::string>> PosixFiles::list(const std::string& path) const {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), &closedir);
    if (!directory) return failed("listing", path, errno);
    std::vector<std::string> names;
    errno = 0;
    for (const dirent* entry = readdir(directory.get()); entry != nullptr; entry = readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
        errno = 0;
    }
    if (errno != 0) return failed("listing", path, errno);
    return names;
}

FileResult<std::uint64_t> PosixFiles::free_bytes(const std::string& path) const {
    struct statvfs facts{};
    const int result = uninterrupted([&] { return statvfs(path.c_str(), &facts); });
    if (result != 0) return failed("asking for the free space of", path, errno);
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

FileResult<> PosixFiles::set_owner(const std::string& path, FileOwner owner) {
    // A link that someone put in the file's place must not have its target given away.
    if (lchown(path.c_str(), owner.uid, owner.gid) != 0) return failed("changing the owner of", path, errno);
    return {};
}

std::uint32_t PosixFiles::own_user() const {
    return geteuid();
}

bool PosixFiles::exists(const std::string& path) const {
    return access(path.c_str(), F_OK) == 0;
}

FileResult<FileFacts> PosixFiles::facts(const std::string& path) const {
    struct stat found{};
    if (stat(path.c_str(), &found) != 0) return failed("looking at", path, errno);
    return facts_of(found);
}

}  // namespace cursus
