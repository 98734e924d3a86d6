// A packet and the open files that go with it, over a local socket (SCM_RIGHTS).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/socket_handle.h"
#include "base/result.h"

namespace cursus {

inline constexpr std::size_t passed_descriptors_max = 2;

struct Packet {
    std::string bytes;
    std::vector<SocketHandle> descriptors;
};

// 0, or the system's error number; EAGAIN when the socket does not block and has no room.
int send_packet(int socket, std::string_view bytes, const std::vector<int>& descriptors);

enum class PacketFault : unsigned char {
    Ended,      // the other side has closed
    Malformed,  // longer than `bytes_max`, or with more descriptors than may be: nothing of it is kept
};
Result<Packet, PacketFault> receive_packet(int socket, std::size_t bytes_max);

}  // namespace cursus
