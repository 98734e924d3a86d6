// What an account may send, and which are on hold: a stolen password is found out by what is done with it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hour_count.h"
#include "base/recent_map.h"
#include "base/result.h"
#include "base/time.h"
#include "config/settings.h"
#include "runtime/countries.h"

namespace cursus {

struct HeldAccount {
    std::string account, why;
    WallTime since{};
};

// The accounts on hold as a file keeps them: one a line. What cannot be read is passed over.
std::string held_accounts_text(const std::vector<HeldAccount>& held);
std::vector<HeldAccount> parse_held_accounts(std::string_view text);

// Thread-safe, and shared by all sessions.
class AccountLimits {
public:
    static constexpr std::size_t accounts_max = 20'000;       // whose use is counted
    static constexpr std::size_t held_accounts_max = 10'000;  // no account is put on hold beyond

    // `changed` is called whenever an account is put on hold or released, from any thread, without a lock.
    AccountLimits(const AuthSettings& settings, std::function<void()> changed);
    void adopt(const AuthSettings& settings);     // for what comes from now on
    void restore(std::vector<HeldAccount> held);  // from the last run, before the first session

    bool is_held(const std::string& account) const;
    enum class Use : std::uint8_t { Message, Recipient };
    // Counts it. Why the account is on hold from now on, when this was too much.
    std::optional<std::string> use(const std::string& account, Use use, Instant now, WallTime wall_now);

    // The same for a login: from too many countries within a day.
    std::optional<std::string> came_from(const std::string& account, Country country, Instant now,
                                         WallTime wall_now);

    bool release(const std::string& account);  // false: it was not on hold
    std::vector<HeldAccount> held() const;     // by name

private:
    struct Visit {
        Country country;
        Instant last;
    };
    struct Record {
        HourCount messages, recipients;
        std::vector<Visit> visits;  // of the last day, each country once; at most one more than are allowed
    };

    std::optional<std::string> breach(const std::string& account, Use use, Instant now, WallTime wall_now);
    std::optional<std::string> far_travels(const std::string& account, Country country, Instant now,
                                           WallTime wall_now);
    // With the lock. False: it is on hold already, or too many are.
    bool hold(const std::string& account, const std::string& why, WallTime wall_now);

    std::uint32_t messages_max_, recipients_max_, countries_max_;
    std::function<void()> changed_;

    mutable std::mutex mutex_;
    RecentMap<std::string, Record> records_{accounts_max};
    std::map<std::string, HeldAccount, std::less<>> held_;
};

}  // namespace cursus
