// Where a service is reached.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <variant>

#include "base/ip.h"
#include "base/result.h"

namespace cursus {

// A socket of this machine, by its path.
struct LocalSocket {
    std::string path;
    friend auto operator<=>(const LocalSocket&, const LocalSocket&) = default;
};

using ServiceAddress = std::variant<Endpoint, LocalSocket>;

inline constexpr std::string_view local_socket_prefix = "unix:";
inline constexpr std::size_t local_socket_path_max = 107;  // unix(7)

// As operators write them. The errors are sentences.
Result<LocalSocket, std::string> parse_local_socket(std::string_view text);
Result<Endpoint, std::string> parse_endpoint(std::string_view text);  // with a port
Result<ServiceAddress, std::string> parse_service_address(std::string_view text);

std::string text(const LocalSocket& socket);      // "unix:/run/dovecot/lmtp"
std::string text(const ServiceAddress& address);  // the same, or "192.0.2.1:25"

}  // namespace cursus
