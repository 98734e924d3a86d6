// How many callouts may be made: a host that sends many addresses of one domain must not make us a nuisance
// to it.
#pragma once

#include <cstdint>
#include <string>

#include "base/recent_map.h"
#include "base/time.h"
#include "config/settings.h"

namespace cursus {

inline constexpr std::size_t callouts_at_once_max = 64;
inline constexpr std::size_t callout_targets_counted = 10'000;  // domains whose callouts are counted

// For one thread at a time.
class CalloutLimits {
public:
    explicit CalloutLimits(const CalloutSettings& settings) : settings_(settings) {}
    void adopt(const CalloutSettings& settings) { settings_ = settings; }

    bool take(const std::string& domain, Instant now);  // given back by give_back()
    void give_back() { --at_once_; }

private:
    struct Minute {
        Instant since{};
        std::uint32_t count = 0;
        void move_on(Instant now);
    };

    CalloutSettings settings_;
    std::size_t at_once_ = 0;
    Minute all_;
    RecentMap<std::string, Minute> targets_{callout_targets_counted};
};

}  // namespace cursus
