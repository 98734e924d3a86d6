#include "adapters/service_directories.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

namespace cursus {
namespace {

struct Owner {
    uid_t uid;
    gid_t gid;
};

constexpr mode_t service_permissions = 0750;

Result<void, std::string> make_directory(const std::filesystem::path& path,
                                         const std::optional<Owner>& owner) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return {};
    if (path.has_parent_path() && path != path.parent_path() &&
        !std::filesystem::exists(path.parent_path(), error)) {
        std::filesystem::create_directories(path.parent_path(), error);
        if (error)
            return failure(
                fmt::format("{} cannot be made: {}", path.parent_path().string(), error.message()));
    }
    if (::mkdir(path.c_str(), service_permissions) != 0 && errno != EEXIST) {
        return failure(fmt::format("{} cannot be made: {}", path.string(), std::strerror(errno)));
    }
    if (owner && ::chown(path.c_str(), owner->uid, owner->gid) != 0) {
        return failure(fmt::format("{} cannot be given away: {}", path.string(), std::strerror(errno)));
    }
    return {};
}

}  // namespace

Result<void, std::string> make_service_directories(const std::string& data_dir, const std::string& socket,
                                                   const std::string& run_as) {
    std::optional<Owner> owner;
    if (!run_as.empty() && ::geteuid() == 0) {
        const auto* entry =
            ::getpwnam(run_as.c_str());  // NOLINT(concurrency-mt-unsafe): nothing else runs yet
        if (entry == nullptr)
            return failure(fmt::format("run_as: there is no user \"{}\"; create it or name another", run_as));
        owner = Owner{entry->pw_uid, entry->pw_gid};
    }
    TRY_VOID(make_directory(data_dir, owner));
    return make_directory(std::filesystem::path(socket).parent_path(), owner);
}

}  // namespace cursus
