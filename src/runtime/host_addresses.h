// The addresses of one host, both families, as far as DNS would say now.
#pragma once

#include <string>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "runtime/resolver.h"
#include "runtime/task.h"

namespace cursus {

inline constexpr std::size_t host_addresses_max = 5;  // of each family

struct HostAddresses {
    std::vector<IpAddress> found;
    bool is_certain = true;  // false: a lookup failed for now or was bogus, there may be more
    bool was_bogus = false;
    Duration ttl = Duration::max();  // of all answers, negative ones too
    std::string why;                 // of what failed, for people
    std::string canonical_name;      // where CNAMEs led; the name itself if nowhere
};

// Adds one answer to a question for A or AAAA. Records of a wrong form are left out and make it uncertain.
void add_answer(HostAddresses& addresses, const DnsAnswer& answer);

// A name that is an address in text form, or a literal in brackets, is that address without asking anybody.
std::optional<IpAddress> as_address(std::string_view name);

// Asks for AAAA and A. `into` outlives the task.
Task<void> look_up_addresses(Resolver& resolver, std::string name, HostAddresses& into);

}  // namespace cursus
