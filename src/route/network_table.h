// The networks table: lines of "network value", the narrowest that an address lies in counts.
#pragma once

#include <memory>
#include <string>

#include "route/file_table.h"

namespace cursus {

inline constexpr std::size_t networks_max = 1'000'000;

// A network is "192.0.2.0/24", "2001:db8::/32" or one address; what stands behind it is its value, which may
// be missing. "#" begins a comment, on a line of its own or behind white space. Keys that are no address are
// not there.
Result<ParsedFile, TargetError> parse_network_table(const std::string& text);

std::shared_ptr<Table> make_network_table(const FileTableNeeds& needs, std::string name, std::string path);

}  // namespace cursus
