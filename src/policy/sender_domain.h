// Whether a sender's domain exists and can receive mail: what comes from a domain that cannot be answered is
// rarely wanted, and a report about it could go nowhere.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "config/settings.h"
#include "route/destinations.h"
#include "route/router.h"

namespace cursus {

enum class DomainVerdict : std::uint8_t {
    Usable,      // mail for it has a host to go to, or it is a domain of ours
    Absent,      // it does not exist
    NullMx,      // it says that it takes no mail, RFC 7505
    NoMailHost,  // it has neither MX nor address, or only such as no mail could be sent to
    Unknown,     // for now: a lookup failed or was bogus, and what was found is not enough
};
std::string_view name(DomainVerdict verdict);  // "no-mail-host", for rules and programs

struct DomainAnswer {
    DomainVerdict verdict = DomainVerdict::Unknown;
    std::string why;                             // a sentence, of all but Usable
    std::vector<std::vector<RemoteHost>> hosts;  // that take its mail, best first; the domain itself without
                                                 // MX records; none of a domain of ours
};

class SenderDomains {
public:
    // What it refers to outlives it. Any reactor.
    SenderDomains(const Router& router, const Destinations& destinations, const Settings& settings);

    // Nothing is looked up for addresses of ours, for domains that this host relays for, and for address
    // literals. At most 2 lookups for each of mx_hosts_max hosts, and 3 more.
    Task<DomainAnswer> look_up(Mailbox sender) const;

private:
    bool is_ours(const Mailbox& sender) const;
    DomainAnswer literal(const IpAddress& address) const;

    const Router& router_;
    const Destinations& destinations_;
    const DeliverySettings& delivery_;
    std::unordered_set<std::string> relay_domains_;
};

}  // namespace cursus
