// DNS through libunbound: caching, and validating when there is a trust anchor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "runtime/resolver.h"

namespace cursus {

struct ResolverSettings {
    std::vector<Endpoint> servers;  // asked in place of the system's; empty: those of /etc/resolv.conf
    bool recursive = false;         // asks the roots itself, and nobody else
    std::string trust_anchor;       // a file of DS or DNSKEY records; empty: nothing is validated
};

inline constexpr auto dns_answer_time_max = std::chrono::seconds{30};  // then the answer is Failed

// One libunbound context and one thread that owns it. The error is a sentence for the operator. It must
// outlive every task that asks; questions open at its end are answered with Failed.
Result<std::unique_ptr<Resolver>, std::string> make_unbound_resolver(const ResolverSettings& settings);

}  // namespace cursus
