// Where a stranger may look like one of our own: what the relay invariant cannot know by itself.
#pragma once

#include <string>
#include <vector>

#include "base/ip.h"
#include "config/settings.h"

namespace cursus {

// Addresses behind which others may stand.
struct NetworkEdges {
    struct Edge {
        IpAddress address;
        std::string what;  // "the gateway by eth0", "the bridge docker0"
    };
    std::vector<Edge> edges;
};

// A sentence for each trust in [relay] hosts, and in listeners' proxies and xclient, that may be more than
// was meant. Pure.
std::vector<std::string> relay_warnings(const Settings& settings, const NetworkEdges& network);

}  // namespace cursus
