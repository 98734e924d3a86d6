// How many callouts may be made: a host that sends many addresses of one domain must not make us a nuisance
// to it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/recent_map.h"
#include "base/time.h"
#include "config/settings.h"
#include "policy/callout_target.h"

namespace cursus {

// Each of strangers and of those that this host relays for: no stalling stranger takes the others' places.
inline constexpr std::size_t callouts_at_once_max = 64;
inline constexpr std::size_t callout_targets_counted = 10'000;  // domains whose callouts are counted

// For one thread at a time.
class CalloutLimits {
public:
    explicit CalloutLimits(const CalloutSettings& settings) : settings_(settings) {}
    void adopt(const CalloutSettings& settings) { settings_ = settings; }

    bool take(CalloutOwner owner, const std::string& domain, Instant now);  // given back by give_back()
    void give_back(CalloutOwner owner) { --at_once(owner); }

private:
    struct Minute {
        Instant since{};
        std::uint32_t count = 0;
        void move_on(Instant now);
    };
    std::size_t& at_once(CalloutOwner owner) { return at_once_[static_cast<std::size_t>(owner)]; }
    bool count(const std::string& domain, Instant now);

    CalloutSettings settings_;
    std::array<std::size_t, 2> at_once_{};  // by owner
    Minute all_;
    RecentMap<std::string, Minute> targets_{callout_targets_counted};
};

}  // namespace cursus
