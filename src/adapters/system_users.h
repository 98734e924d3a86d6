// The users of this system, by NSS (getpwnam): /etc/passwd, LDAP, whatever the operator has configured there.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/timed_pool.h"
#include "base/result.h"
#include "runtime/clock.h"
#include "runtime/users.h"

namespace cursus {

inline constexpr std::size_t user_name_bytes_max = 64;
inline constexpr auto user_remembered_for = std::chrono::seconds{10};
inline constexpr std::size_t users_remembered_max = 1000;
inline constexpr unsigned user_lookup_threads = 2;
inline constexpr std::size_t user_lookups_max = 200;  // at once; more are told so at once
inline constexpr auto user_lookup_time_max = std::chrono::seconds{10};

// What NSS may be asked for: [a-z0-9_.-], not beginning with a dash or a dot. Everything else is no user's
// name.
bool is_plausible_user_name(std::string_view name);

// Blocking. Nullopt: there is no such user; the error, for people: NSS gives no answer now.
Result<std::optional<SystemUser>, std::string> look_up_user(const std::string& name);

// Answers are kept for ten seconds, those that there is no such user too; failures are not. Threads of its
// own, since they may all be stuck for as long as a slow directory takes to answer.
class SystemUsers final : public Users {
public:
    explicit SystemUsers(Clock& clock, Duration time_max = user_lookup_time_max);

    Task<Result<std::optional<SystemUser>, std::string>> find(std::string name) override;

private:
    struct Remembered {
        std::optional<SystemUser> user;
        Instant until;
    };
    std::optional<Remembered> remembered(const std::string& name);
    void remember(const std::string& name, const std::optional<SystemUser>& user);

    using Answer = Result<std::optional<SystemUser>, std::string>;

    Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Remembered> remembered_;
    TimedPool<Answer> pool_;
};

}  // namespace cursus
