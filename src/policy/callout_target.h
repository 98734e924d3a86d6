// Whom a callout asks about an address: the hosts that its mail would go to.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "policy/callout_answer.h"
#include "route/destinations.h"
#include "route/router.h"
#include "runtime/random.h"

namespace cursus {

inline constexpr std::size_t callout_hosts_max = 4;  // addresses that are tried in one callout

// Whose hosts they are: strangers must not be made to suffer from callouts; those of a domain that this host
// relays for are there to be asked.
enum class CalloutOwner : std::uint8_t { Stranger, Relayed };
struct CalloutTarget {
    Destination destination;
    CalloutOwner owner = CalloutOwner::Stranger;
};

struct CalloutHost {
    Candidate where;
    bool is_best = true;  // of the best preference: a backup, which may take anything, is not
};

// Of one version of the configuration.
class CalloutTargets {
public:
    // What it refers to outlives it. Any reactor.
    CalloutTargets(const Router& router, const Destinations& destinations, const Settings& settings);

    // Nothing: it is an address of this host, which need not be asked. Pure.
    std::optional<CalloutTarget> target_of(const Mailbox& address, CalloutSubject subject) const;
    // In the order to try them, at least one; never this host itself, nor what DNS must not make us connect
    // to. The failure is a sentence.
    Task<Result<std::vector<CalloutHost>, std::string>> hosts(Destination destination, Random& random) const;

    const Settings& settings() const { return settings_; }

private:
    const Router& router_;
    const Destinations& destinations_;
    const Settings& settings_;
    std::unordered_set<std::string> relay_domains_;
};

}  // namespace cursus
