#include "route/unroutable.h"

#include <fmt/format.h>

namespace cursus {

Reply no_such_domain(std::string_view domain) {
    return {550, Status{5, 1, 2}, fmt::format("The domain {} does not exist", domain)};
}

Reply takes_no_mail(std::string_view domain) {
    return {556, Status{5, 1, 10}, fmt::format("The domain {} takes no mail (null MX)", domain)};
}

Reply no_addresses(std::string_view domain) {
    return {550, Status{5, 1, 2}, fmt::format("No host with an address takes mail for {}", domain)};
}

Reply loops_back(std::string_view domain) {
    return {554, Status{5, 4, 6}, fmt::format("Mail for {} would loop back to this host", domain)};
}

Reply lookup_failed(std::string_view name, std::string_view why) {
    return {451, Status{4, 4, 3}, fmt::format("DNS gives no answer for {} now: {}", name, why)};
}

Reply lookup_bogus(std::string_view name) {
    return {451, Status{4, 7, 5}, fmt::format("The DNS answer for {} fails DNSSEC validation", name)};
}

Reply route_unusable(std::string_view pattern, std::string_view why) {
    return {451, Status{4, 3, 5}, fmt::format("The route for {} leads nowhere: {}", pattern, why)};
}

}  // namespace cursus
