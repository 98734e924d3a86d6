// Hosts that the configuration gives, or a table does.
#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "route/found_hosts.h"

namespace cursus {

// RFC 2033 §5: not the port of SMTP. This is the one in common use.
inline constexpr std::uint16_t lmtp_port = 24;

class GivenHosts {
public:
    // What it refers to outlives it.
    GivenHosts(const HostSearch& search, const OwnHost& own, const Settings& settings)
        : search_(search), own_(own), settings_(settings) {}
    // A failure says, to the operator, why none of them can be reached now.
    Task<Result<RemoteRoute, std::string>> route(RouteHosts hosts, Dialect dialect, HostTerms terms) const;

private:
    // May lead to private addresses and to loopback (a filter on this host), never to the program itself.
    void drop_unusable(FoundHosts& found, std::string& why) const;

    const HostSearch& search_;
    const OwnHost& own_;
    const Settings& settings_;
};

}  // namespace cursus
