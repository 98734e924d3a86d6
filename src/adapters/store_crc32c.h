// CRC-32C (Castagnoli), the checksum of the spool's records and blobs.
#pragma once

#include <cstdint>
#include <string_view>

namespace cursus {

// Of `bytes` after what `before` is the checksum of; 0: of nothing.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace cursus
