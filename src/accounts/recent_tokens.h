// Tokens that were found to be good a moment ago. Kept by their SHA-256, so that no memory dump shows one.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace cursus {

inline constexpr std::size_t recent_tokens_max = 10'000;

// From any thread.
class RecentTokens {
public:
    std::optional<std::string> account_of(std::string_view token, WallTime now);
    void keep(std::string_view token, std::string account, WallTime until);

private:
    struct Known {
        std::string account;
        WallTime until;
    };

    std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;  // by hash
    std::deque<std::string> oldest_first_;          // each of known_ once
};

}  // namespace cursus
