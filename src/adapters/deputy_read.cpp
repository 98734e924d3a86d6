// Reading a forward file, or a list it includes.
//
// The rules are strict, because what stands in such a file becomes an action: a regular file under one name,
// of the user or root, that nobody else can write to, in directories that nobody else can write to. A
// symbolic link as the file itself is refused whoever it belongs to: its target's directories may be
// anybody's.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"

namespace cursus {

namespace {

ReadReply failed(std::string what) {
    return {ReadOutcome::Failed, std::move(what)};
}

ReadReply reply_of(PathFailure failure) {
    if (failure.kind == PathFailure::Kind::NotThere) return {ReadOutcome::NotThere, {}};
    return failed(std::move(failure.what));
}

// Empty: it may be read.
std::string_view objection(const struct stat& facts, const SystemUser& user) {
    if (S_ISLNK(facts.st_mode)) return "is a symbolic link: put the file itself there";
    if (!S_ISREG(facts.st_mode)) return "is no regular file";
    if (facts.st_uid != user.uid && facts.st_uid != 0) return "belongs to neither root nor the user";
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "can be written to by others (chmod go-w)";
    if (facts.st_nlink != 1) return "has other names (hard links)";
    if (static_cast<std::uint64_t>(facts.st_size) > owners_file_bytes_max) return "is too long";
    return {};
}

ReadReply read_text(int fd, const std::string& path) {
    std::string text(owners_file_bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = read(fd, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return reply_of(path_failure("reading", path, errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > owners_file_bytes_max) return failed(path + " is too long");
    text.resize(size);
    return {ReadOutcome::Found, std::move(text)};
}

}  // namespace

ReadReply read_owners_file(const SystemUser& user, const ReadOrder& order) {
    auto place = find_place(user, order.path, Directories::NobodyElseWrites, WhenMissing::Fail);
    if (!place) return reply_of(std::move(place).error());
    const int directory = place->directory.get();
    struct stat facts{};
    // Before it is opened: opening a FIFO or a device can wait, or do something.
    if (fstatat(directory, place->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return reply_of(path_failure("looking at", order.path, errno));
    if (const auto why = objection(facts, user); !why.empty())
        return failed(fmt::format("{} {}", order.path, why));
    const SocketHandle file(
        openat(directory, place->name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return reply_of(path_failure("opening", order.path, errno));
    if (fstat(file.get(), &facts) != 0) return reply_of(path_failure("looking at", order.path, errno));
    if (const auto why = objection(facts, user); !why.empty())
        return failed(fmt::format("{} {}", order.path, why));
    return read_text(file.get(), order.path);
}

}  // namespace cursus
