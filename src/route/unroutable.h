// What is said of a destination that has no route, to the sender in a report and to the operator in the log.
#pragma once

#include <string_view>

#include "route/route.h"

namespace cursus {

Unroutable no_such_domain(std::string_view domain);  // NXDOMAIN, RFC 3463 X.1.2
Unroutable takes_no_mail(std::string_view domain);   // null MX: 556 5.1.10, RFC 7505 §4.1, RFC 7504 §4
// Neither it nor its MX hosts have an address, RFC 3463 X.1.2.
Unroutable no_addresses(std::string_view domain);
Unroutable lookup_failed(std::string_view name, std::string_view why);  // RFC 3463 X.4.3: look again later
Unroutable lookup_bogus(std::string_view name);  // DNSSEC does not hold, RFC 3463 X.7.5: look again later
// A [[route]] that leads nowhere: X.3.5.
Unroutable route_unusable(std::string_view pattern, std::string_view why);

// We are its best MX, or its hosts are this one: RFC 3463 X.4.6.
Unroutable loops_back(std::string_view domain);
// All its addresses are of a kind that DNS must not make us connect to, as this one: RFC 3463 X.4.4.
Unroutable address_refused(std::string_view domain, const IpAddress& example);

}  // namespace cursus
