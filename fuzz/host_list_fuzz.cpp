// The hosts of a route as a table's row gives them. What is read has hosts, within bounds, with names that
// read as the same host again.
#include "config/host_spec.h"
#include "fuzz/fuzz.h"

using namespace cursus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto hosts = parse_hosts({reinterpret_cast<const char*>(data), size});
    if (!hosts) {
        fuzz::require(!hosts.error().empty());
        return 0;
    }
    std::size_t count = 0;
    for (const auto& equals : *hosts) {
        fuzz::require(!equals.empty());
        for (const RouteHost& host : equals) {
            const auto again = parse_host(host_name(host));
            fuzz::require(again && host_name(*again) == host_name(host));
            ++count;
        }
    }
    fuzz::require(count > 0 && count <= route_hosts_max);
    return 0;
}
