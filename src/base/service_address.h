// Where a service is reached.
#pragma once

#include <compare>
#include <string>
#include <variant>

#include "base/ip.h"

namespace cursus {

// A socket of this machine, by its path.
struct LocalSocket {
    std::string path;
    friend auto operator<=>(const LocalSocket&, const LocalSocket&) = default;
};

using ServiceAddress = std::variant<Endpoint, LocalSocket>;

inline constexpr std::string_view local_socket_prefix = "unix:";

std::string text(const LocalSocket& socket);      // "unix:/run/dovecot/lmtp"
std::string text(const ServiceAddress& address);  // the same, or "192.0.2.1:25"

}  // namespace cursus
