// What a client calls itself in HELO or EHLO. RFC 5321 §4.1.4: that a name does not verify is by itself no
// reason to refuse; whoever has rules about it has them here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/forward_lookup.h"
#include "route/destinations.h"

namespace cursus {

enum class HeloForm : std::uint8_t {
    Name,               // a fully qualified host name
    ClientsAddress,     // the client's address as a literal, RFC 5321 §4.1.3
    OtherAddress,       // a literal of another address
    NotFullyQualified,  // a name of one label: "localhost", "win-7"
    Invalid,            // neither a name nor a literal; an address without brackets too
    OwnName,            // our name, a local domain or an address of ours, by somebody who is not us
};

// The two ends of the connection.
struct HeloEnds {
    IpAddress client, server;
};

// Pure. `helo` is the argument as it was given.
HeloForm helo_form(std::string_view helo, const HeloEnds& ends, const Destinations& destinations);

// Whether the name resolves, and to the client. Nothing: it is no fully qualified name, and not asked for.
Task<std::optional<ForwardAnswer>> look_up_helo(Resolver& resolver, std::string helo, IpAddress client);

}  // namespace cursus
