#pragma once

#include <cstdint>

namespace cursus {

// What two hosts that hand on mail say to each other: RFC 5321, or RFC 2033.
enum class Dialect : std::uint8_t { Smtp, Lmtp };

}  // namespace cursus
