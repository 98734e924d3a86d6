// The hosts of a domain as a table gives them.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "config/host_spec.h"
#include "runtime/table.h"

namespace cursus {

struct TableHosts {
    RouteHosts hosts;
    std::string place;  // where it stands, for people
};

// Asks for the domain itself, then for "*.suffix" from the longest suffix to the shortest, then for "*". An
// address literal has no suffixes. Nullopt: none of them is there. A failure is for now, and says why: the
// table gives no answer, or what it gives is no list of hosts.
Task<Result<std::optional<TableHosts>, std::string>> look_up_hosts(const Tables& tables, std::string table,
                                                                   std::string domain);

}  // namespace cursus
