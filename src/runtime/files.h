// The file system, blocking: called from the offload pool or from a thread of its own, never from a reactor.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cursus {

enum class FileErrorKind : std::uint8_t { NotFound, Exists, Full, NotAllowed, Other };
struct FileError {
    FileErrorKind kind;
    std::string what;  // for people: names the operation, the path and the system's reason
};
template <class T = void>
using FileResult = Result<T, FileError>;

// What tells one version of a file from another without reading it.
struct FileFacts {
    using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
    std::uint64_t size = 0;
    Time modified{};
    std::uint64_t device = 0, inode = 0;
    bool is_regular = true;  // and not a directory, a pipe or another thing that it is no use to read
    friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

// Who may do what with a file.
struct FileRights {
    std::uint32_t owner = 0;   // a user's number
    unsigned permissions = 0;  // 0640: the nine bits
};

class File {
public:
    virtual ~File() = default;  // closes; what was not synced may be lost
    // Everything, at the offset; extends the file. Gathered.
    virtual FileResult<> write_at(std::uint64_t offset, std::span<const std::string_view> pieces) = 0;
    // Up to buffer.size() bytes; fewer only at the end of the file.
    virtual FileResult<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const = 0;
    virtual FileResult<std::uint64_t> size() const = 0;
    virtual FileResult<FileFacts> facts() const = 0;
    virtual FileResult<FileRights> rights() const = 0;
    virtual FileResult<> truncate(std::uint64_t size) = 0;
    virtual FileResult<> sync() = 0;  // data, and the metadata needed to read it back (fdatasync)
    // A hint: what was synced will hardly be read again, and the page cache may serve others.
    virtual void leave_cache() const {}
};

enum class OpenMode : std::uint8_t {
    Read,
    Write,
    CreateNew
};  // Write: existing file; CreateNew: fails with Exists

struct FileOwner {
    std::uint32_t uid = 0, gid = 0;
};

class Files {
public:
    virtual ~Files() = default;
    virtual FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode,
                                                   unsigned permissions = 0600) = 0;
    virtual FileResult<> rename(const std::string& from, const std::string& to) = 0;
    virtual FileResult<> link(const std::string& from,
                              const std::string& to) = 0;  // Exists when `to` is there
    virtual FileResult<> remove(const std::string& path) = 0;
    virtual FileResult<> make_directory(const std::string& path,
                                        unsigned permissions) = 0;  // Exists when it is there
    virtual FileResult<> sync_directory(
        const std::string& path) = 0;  // makes renames, links and creations in it last
    virtual FileResult<std::vector<std::string>> list(const std::string& path) const = 0;  // names, any order
    virtual FileResult<std::uint64_t> free_bytes(
        const std::string& path) const = 0;                                        // for an unprivileged user
    virtual FileResult<> set_owner(const std::string& path, FileOwner owner) = 0;  // needs privilege
    virtual std::uint32_t own_user() const = 0;  // as whom files are opened, and to whom new ones belong
    virtual bool exists(const std::string& path) const = 0;
    virtual FileResult<FileFacts> facts(const std::string& path) const = 0;  // of what a link leads to
};

// A whole file of at most `bytes_max` octets.
FileResult<std::string> read_whole_file(Files& files, const std::string& path, std::size_t bytes_max);

}  // namespace cursus
