#include "route/unroutable.h"

#include <fmt/format.h>

#include "base/address_scope.h"

namespace cursus {

Unroutable no_such_domain(std::string_view domain) {
    return {Reply(550, Status{5, 1, 2}, fmt::format("The domain {} does not exist", domain)),
            NoRoute::NoSuchDomain};
}

Unroutable takes_no_mail(std::string_view domain) {
    return {Reply(556, Status{5, 1, 10}, fmt::format("The domain {} takes no mail (null MX)", domain)),
            NoRoute::NullMx};
}

Unroutable no_addresses(std::string_view domain) {
    return {Reply(550, Status{5, 1, 2}, fmt::format("No host with an address takes mail for {}", domain)),
            NoRoute::NoHost};
}

Unroutable lookup_failed(std::string_view name, std::string_view why) {
    return {Reply(451, Status{4, 4, 3}, fmt::format("DNS gives no answer for {} now: {}", name, why))};
}

Unroutable lookup_bogus(std::string_view name) {
    return {Reply(451, Status{4, 7, 5}, fmt::format("The DNS answer for {} fails DNSSEC validation", name))};
}

Unroutable route_unusable(std::string_view pattern, std::string_view why) {
    return {Reply(451, Status{4, 3, 5}, fmt::format("The route for {} leads nowhere: {}", pattern, why))};
}

Unroutable loops_back(std::string_view domain) {
    return {Reply(554, Status{5, 4, 6}, fmt::format("Mail for {} would loop back to this host", domain)),
            NoRoute::NoHost,
            fmt::format("DNS names this host as the best for {}: list the domain in [domains] local, give it "
                        "a [[route]], or have its MX records corrected",
                        domain)};
}

Unroutable address_refused(std::string_view domain, const IpAddress& example) {
    const auto unroutable = [&](std::string_view kind, std::string advice) {
        return Unroutable{Reply(550, Status{5, 4, 4},
                                fmt::format("The mail hosts of {} have no address that can be reached from "
                                            "here: {} is {}",
                                            domain, example.text(), kind)),
                          NoRoute::NoHost, std::move(advice)};
    };
    switch (scope_of(example)) {
        case AddressScope::Loopback:
            return unroutable("a loopback address", "[delivery] loopback = true allows it");
        case AddressScope::Private:
            return unroutable("a private address",
                              fmt::format("[delivery] private = true allows it for all domains, a [[route]] "
                                          "for {}",
                                          domain));
        case AddressScope::Nowhere:
        case AddressScope::Everywhere:
            break;
    }
    return unroutable("no host's address", {});
}

}  // namespace cursus
