#include "adapters/owned_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <system_error>

#include <fmt/format.h>

namespace cursus {

namespace {

// Debian policy §9.2.3: the home of users who have none.
constexpr std::string_view no_home = "/nonexistent";
constexpr mode_t written_by_others = S_IWGRP | S_IWOTH;
constexpr mode_t place_permissions = 0700;

PathFailure refused(std::string_view path, std::string_view why) {
    return {PathFailure::Kind::Other, fmt::format("{} {}", path, why), 0};
}

class Walk {
public:
    Walk(const SystemUser& user, Directories directories) : user_(user), directories_(directories) {}

    Result<void, PathFailure> begin();
    Result<void, PathFailure> enter(std::string_view path, WhenMissing when_missing);
    SocketHandle take() { return std::move(here_); }

private:
    using Found = Result<SocketHandle, PathFailure>;
    Found open_next(const std::string& name, WhenMissing when_missing);
    Result<void, PathFailure> mount_if_need_be(const std::string& name, SocketHandle& directory);
    Result<void, PathFailure> follow(int link, const struct stat& facts);
    Result<void, PathFailure> check(const struct stat& facts) const;
    bool is_trusted(uid_t owner) const { return owner == 0 || owner == user_.uid; }
    void look_ahead(std::string_view path);

    const SystemUser& user_;
    Directories directories_;
    SocketHandle here_{-1};
    std::string where_;  // for people
    std::deque<std::string> ahead_;
    int links_ = 0;
};

Result<void, PathFailure> Walk::begin() {
    SocketHandle top(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!top) return failure(path_failure("opening", "/", errno));
    struct stat facts{};
    if (fstat(top.get(), &facts) != 0) return failure(path_failure("looking at", "/", errno));
    here_ = std::move(top);
    where_.clear();
    return check(facts);
}

// Puts the path's components before those that are ahead already.
void Walk::look_ahead(std::string_view path) {
    std::deque<std::string> all;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto name = path.substr(0, slash);
        if (!name.empty() && name != ".") all.emplace_back(name);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    ahead_.insert(ahead_.begin(), all.begin(), all.end());
}

Result<void, PathFailure> Walk::enter(std::string_view path, WhenMissing when_missing) {
    look_ahead(path);
    while (!ahead_.empty()) {
        const std::string name = std::move(ahead_.front());
        ahead_.pop_front();
        TRY(next, open_next(name, when_missing));
        where_ += '/' + name;
        struct stat facts{};
        if (fstat(next.get(), &facts) != 0) return failure(path_failure("looking at", where_, errno));
        if (S_ISLNK(facts.st_mode)) {
            TRY_VOID(follow(next.get(), facts));
            continue;
        }
        if (!S_ISDIR(facts.st_mode)) return failure(refused(where_, "is no directory"));
        TRY_VOID(mount_if_need_be(name, next));
        if (fstat(next.get(), &facts) != 0) return failure(path_failure("looking at", where_, errno));
        TRY_VOID(check(facts));
        here_ = std::move(next);
    }
    return {};
}

Walk::Found Walk::open_next(const std::string& name, WhenMissing when_missing) {
    constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    const std::string path = where_ + '/' + name;
    SocketHandle next(openat(here_.get(), name.c_str(), flags));
    if (!next && errno == ENOENT && when_missing == WhenMissing::Make) {
        if (mkdirat(here_.get(), name.c_str(), place_permissions) != 0 && errno != EEXIST)
            return failure(path_failure("making", path, errno));
        TRY_VOID(sync_place(here_.get(), where_));
        SocketHandle made(openat(here_.get(), name.c_str(), flags));
        if (!made) return failure(path_failure("opening", path, errno));
        return made;
    }
    if (!next) return failure(path_failure("opening", path, errno));
    return next;
}

// With O_PATH a directory that is mounted when it is used is not: only as a component on the way is it used.
// The name cannot have become a link but by root or the user, or where the process can do no harm
// (Directories::Any).
Result<void, PathFailure> Walk::mount_if_need_be(const std::string& name, SocketHandle& directory) {
    SocketHandle used(openat(here_.get(), (name + "/.").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!used) return failure(path_failure("entering", where_, errno));
    directory = std::move(used);
    return {};
}

Result<void, PathFailure> Walk::follow(int link, const struct stat& facts) {
    if (!is_trusted(facts.st_uid))
        return failure(refused(where_, "is a symbolic link of neither root nor the user"));
    if (++links_ > links_followed_max) return failure(refused(where_, "has too many symbolic links"));
    std::array<char, PATH_MAX> target;
    const ssize_t length = readlinkat(link, "", target.data(), target.size());
    if (length < 0) return failure(path_failure("reading the link", where_, errno));
    const std::string_view path(target.data(), static_cast<std::size_t>(length));
    where_ = where_.substr(0, where_.find_last_of('/'));
    if (path.starts_with('/')) {
        TRY_VOID(begin());
    }
    look_ahead(path);
    return {};
}

Result<void, PathFailure> Walk::check(const struct stat& facts) const {
    if (directories_ == Directories::Any) return {};
    const std::string_view path = where_.empty() ? "/" : std::string_view(where_);
    if (!is_trusted(facts.st_uid)) return failure(refused(path, "belongs to neither root nor the user"));
    // In a sticky directory of root (/tmp) others can add, but not replace what root or the user has there.
    const bool is_sticky = (facts.st_mode & S_ISVTX) != 0 && facts.st_uid == 0;
    if ((facts.st_mode & written_by_others) != 0 && !is_sticky)
        return failure(refused(path, "can be written to by others (chmod go-w)"));
    return {};
}

bool lies_in(std::string_view path, std::string_view directory) {
    return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

}  // namespace

PathFailure path_failure(std::string_view operation, std::string_view path, int error) {
    const auto kind = error == ENOENT ? PathFailure::Kind::NotThere : PathFailure::Kind::Other;
    return {
        kind,
        fmt::format("{} {}: {}", operation, path.empty() ? "/" : path, std::system_category().message(error)),
        error};
}

Result<SocketHandle, PathFailure> find_directory(const SystemUser& user, std::string_view path,
                                                 Directories directories, WhenMissing when_missing) {
    Walk walk(user, directories);
    TRY_VOID(walk.begin());
    std::string_view home = user.home;
    while (home.ends_with('/')) home.remove_suffix(1);
    if (!home.empty() && home != no_home && (path == home || lies_in(path, home))) {
        auto at_home = walk.enter(home, WhenMissing::Fail);
        if (!at_home && at_home.error().kind == PathFailure::Kind::NotThere)
            return failure(refused(home, "is not there: the home directory may not be mounted"));
        if (!at_home) return failure(std::move(at_home).error());
        path.remove_prefix(home.size());
    }
    TRY_VOID(walk.enter(path, when_missing));
    return walk.take();
}

Result<OwnedPlace, PathFailure> find_place(const SystemUser& user, std::string_view path,
                                           Directories directories, WhenMissing when_missing) {
    const auto slash = path.find_last_of('/');
    TRY(directory, find_directory(user, path.substr(0, slash), directories, when_missing));
    return OwnedPlace{std::move(directory), std::string(path.substr(slash + 1)), std::string(path)};
}

Result<void, PathFailure> sync_place(int directory, std::string_view path) {
    const SocketHandle readable(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!readable) return failure(path_failure("opening", path, errno));
    if (fsync(readable.get()) != 0) return failure(path_failure("syncing", path, errno));
    return {};
}

}  // namespace cursus
