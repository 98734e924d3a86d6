// The addresses of this machine's network behind which others may stand: gateways and bridges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"

namespace cursus {

struct NetworkEdge {
    IpAddress address;
    std::string what;  // "the gateway by eth0", "the bridge docker0"
};
// As the kernel tells it now. What it does not tell is left out.
std::vector<NetworkEdge> network_edges();

// Gateways of /proc/net/route and /proc/net/ipv6_route, as these files have them.
std::vector<NetworkEdge> gateways_v4(std::string_view route);
std::vector<NetworkEdge> gateways_v6(std::string_view route);

}  // namespace cursus
