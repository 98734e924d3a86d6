// What is put in the place of a message that was not kept, when its session is decided again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cursus {

// What the journal knows of a message.
struct StandIn {
    std::string sender;  // without brackets
    std::uint64_t octets = 0;
    std::vector<std::string> attachments;  // each "type" or "type name"
    std::vector<std::string> uri_hosts;
};

// Such a message, with nothing wrong with it: of so many octets, unless it is shorter than its own header and
// parts, or `octets_max` keeps it from being filled up; with parts of these types and names, and links to
// these hosts.
std::string stand_in(const StandIn& message, std::uint64_t octets_max);

}  // namespace cursus
