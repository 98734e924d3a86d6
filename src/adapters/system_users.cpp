#include "adapters/system_users.h"

#include <fmt/format.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace cursus {

namespace {

constexpr std::size_t passwd_entry_bytes_max = 64 * 1024;

bool may_stand_in_a_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

// How getpwnam_r says that it found nothing differs between systems and modules; with these it has looked.
bool is_no_such_user(int error) {
    return error == 0 || error == ENOENT || error == ESRCH;
}

}  // namespace

bool is_plausible_user_name(std::string_view name) {
    return !name.empty() && name.size() <= user_name_bytes_max && name.front() != '-' &&
           name.front() != '.' && std::ranges::all_of(name, may_stand_in_a_name);
}

Result<std::optional<SystemUser>, std::string> look_up_user(const std::string& name) {
    std::vector<char> room(passwd_entry_bytes_max);
    passwd entry{};
    passwd* found = nullptr;
    int error = EINTR;
    while (error == EINTR) error = getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
    // By the name that was asked for: a directory may call them NAME@REALM, and knows them by both.
    if (found != nullptr) return SystemUser{name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
    if (is_no_such_user(error)) return std::nullopt;
    return failure(fmt::format("looking up the user {}: {}", name, std::system_category().message(error)));
}

SystemUsers::SystemUsers(Clock& clock, Duration time_max)
    : clock_(clock), pool_({user_lookup_threads, user_lookups_max, time_max}, [](const std::string& why) {
          return Answer(failure("looking up a user: " + why));
      }) {}

Task<Result<std::optional<SystemUser>, std::string>> SystemUsers::find(std::string name) {
    if (!is_plausible_user_name(name)) co_return std::nullopt;
    if (auto known = remembered(name)) co_return std::move(known->user);
    // Somebody else may have asked meanwhile.
    TimedPool<Answer>::Work look_up = [this, name](LookupDeadline) -> Answer {
        if (auto known = remembered(name)) return std::move(known->user);
        auto answer = look_up_user(name);
        if (answer) remember(name, *answer);
        return answer;
    };
    co_return co_await pool_.run(std::move(look_up));
}

std::optional<SystemUsers::Remembered> SystemUsers::remembered(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto known = remembered_.find(name);
    if (known == remembered_.end() || known->second.until <= clock_.now()) return std::nullopt;
    return known->second;
}

void SystemUsers::remember(const std::string& name, const std::optional<SystemUser>& user) {
    const std::lock_guard lock(mutex_);
    if (remembered_.size() >= users_remembered_max) remembered_.clear();
    remembered_.insert_or_assign(name, Remembered{user, clock_.now() + user_remembered_for});
}

}  // namespace cursus
