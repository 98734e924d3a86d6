// Whether fields of addresses are what RFC 5322 §3.6.2 and §3.6.3 say, and whether From can be read in two
// ways.
#pragma once

#include <cstddef>
#include <string_view>

#include "scan/findings.h"

namespace cursus {

std::size_t check_from(std::string_view body, Findings& findings);  // how many addresses it has
void check_sender(std::string_view body, Findings& findings);
void check_address_list(std::string_view body, Findings& findings);  // Reply-To, To, Cc

}  // namespace cursus
