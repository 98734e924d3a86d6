// Against guessing: failures make a client wait, and then keep it and the account out for a while.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/recent_map.h"
#include "base/time.h"
#include "config/settings.h"
#include "mail/events.h"

namespace cursus {

// Thread-safe, and shared by all sessions. Holds a bounded number of clients and accounts: whoever comes from
// more addresses than that is a matter for the network.
class LoginGuard {
public:
    static constexpr std::size_t clients_max = 20'000;
    static constexpr std::size_t accounts_max = 20'000;
    static constexpr std::size_t acquaintances_max = 50'000;
    static constexpr Duration delay_step = std::chrono::seconds{1};  // more with each failure of a client
    static constexpr std::uint32_t delay_steps_max = 5;

    explicit LoginGuard(const AuthSettings& settings) { adopt(settings); }
    void adopt(const AuthSettings& settings);  // for what comes from now on

    // Who may not try now. An account is blocked for those clients only that have not logged in to it before:
    // else anybody could lock anybody out.
    bool is_client_blocked(const IpAddress& client, Instant now);
    bool is_account_blocked(const std::string& account, const IpAddress& client, Instant now);

    struct Consequence {
        Duration delay{};                  // before the client hears of it
        std::vector<LoginBlocked> blocks;  // that begin with this
    };
    // `account` may be empty: it did not come to a name.
    Consequence failed(const std::string& account, const IpAddress& client, Instant now, WallTime wall_now);
    void succeeded(const std::string& account, const IpAddress& client);

private:
    struct Record {
        std::uint32_t failures = 0;
        Instant since{};
        std::optional<Instant> blocked_until;
    };
    static bool is_blocked(Record* record, Instant now);
    bool note(Record& record, std::uint32_t failures_max, Instant now) const;
    static std::string key_of(const std::string& account);
    static std::string acquaintance(const std::string& account, const IpAddress& client);

    std::mutex mutex_;
    std::uint32_t per_client_max_ = 0, per_account_max_ = 0;
    Duration window_{}, block_{};
    RecentMap<IpAddress, Record> clients_{clients_max};
    RecentMap<std::string, Record> accounts_{accounts_max};
    RecentMap<std::string, bool> acquaintances_{acquaintances_max};  // who has logged in to what from where
};

}  // namespace cursus
