#include "adapters/passed_descriptors.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace cursus {

namespace {

constexpr std::size_t control_bytes = CMSG_SPACE(passed_descriptors_max * sizeof(int));

struct ControlRoom {
    alignas(cmsghdr) std::array<char, control_bytes> octets{};
};

std::vector<SocketHandle> descriptors_in(msghdr& message) {
    std::vector<SocketHandle> all;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
            all.emplace_back(fd);
        }
    }
    return all;
}

}  // namespace

int send_packet(int socket, std::string_view bytes, const std::vector<int>& descriptors) {
    iovec vector{const_cast<char*>(bytes.data()), bytes.size()};
    ControlRoom control;
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.octets.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
        cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
        std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size() * sizeof(int));
    }
    ssize_t sent = -1;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

Result<Packet, PacketFault> receive_packet(int socket, std::size_t bytes_max) {
    Packet packet;
    packet.bytes.resize(bytes_max);
    iovec vector{packet.bytes.data(), packet.bytes.size()};
    ControlRoom control;
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.octets.data();
    message.msg_controllen = control.octets.size();
    ssize_t got = -1;
    do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    // An empty packet looks like the end, and is one: nobody who means well sends it.
    if (got <= 0) return failure(PacketFault::Ended);
    packet.descriptors = descriptors_in(message);
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return failure(PacketFault::Malformed);
    packet.bytes.resize(static_cast<std::size_t>(got));
    return packet;
}

}  // namespace cursus
