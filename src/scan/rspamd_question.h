// How rspamd is asked: POST /checkv2, with fields that are rspamd's own (its protocol documentation).
#pragma once

#include <cstdint>
#include <string>

#include "scan/scan_context.h"

namespace cursus {

// rspamd refuses a head of more than 80 KiB. Recipients beyond this much are not named to it.
inline constexpr std::size_t rspamd_head_octets_max = std::size_t{48} * 1024;
inline constexpr std::size_t rspamd_field_octets_max = 1024;  // values are cut off there

// The head of the request; a body of `message_octets` follows.
std::string rspamd_question(const ScanContext& context, std::uint64_t message_octets);

}  // namespace cursus
