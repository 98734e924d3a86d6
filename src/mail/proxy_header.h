// What a load balancer says of the client it has taken, in front of all else: the PROXY protocol of HAProxy,
// versions 1 and 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "base/result.h"

namespace cursus {

struct ProxiedConnection {
    Endpoint client, server;
};

// What a whole header said. None: the connection is the balancer's own, a look at our health say (LOCAL,
// UNKNOWN).
using ProxyHeader = std::optional<ProxiedConnection>;

// Reads exactly the header, however it is cut: what stands behind it may be the beginning of a TLS handshake.
class ProxyHeaderReader {
public:
    static constexpr std::size_t line_octets_max = 107;     // of version 1, its CRLF included
    static constexpr std::size_t binary_octets_max = 2048;  // of version 2, further facts (TLV) included

    // So many octets belong to the header for certain and have not come; 0 once it is whole.
    std::size_t wanted() const;
    // At most wanted() octets. The error says what is wrong, for people.
    Result<void, std::string> add(std::string_view octets);
    // Once wanted() is 0.
    const ProxyHeader& header() const { return header_; }

private:
    enum class Form : std::uint8_t { Unknown, Line, Binary };

    Result<void, std::string> look();
    Result<void, std::string> look_at_line();
    Result<void, std::string> look_at_binary();

    Form form_ = Form::Unknown;
    std::string octets_;
    bool is_whole_ = false;
    ProxyHeader header_;
};

}  // namespace cursus
