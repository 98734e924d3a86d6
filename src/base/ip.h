// IPv4 and IPv6 addresses, networks and endpoints as values; nothing here opens a socket.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// An address. An IPv4 address mapped into IPv6 (::ffff:a.b.c.d) is always held as the IPv4 address it is.
class IpAddress {
public:
    constexpr IpAddress() = default;  // 0.0.0.0
    static IpAddress v4(std::array<std::uint8_t, 4> octets);
    static IpAddress v6(const std::array<std::uint8_t, 16>& octets);
    static std::optional<IpAddress> parse(std::string_view text);  // no scope ("%eth0"), no brackets

    bool is_v4() const { return is_v4_; }
    bool is_loopback() const;     // 127/8 or ::1
    bool is_unspecified() const;  // 0.0.0.0 or ::
    std::string text() const;     // RFC 5952 for IPv6
    // The address literal of RFC 5321 §4.1.3 with its brackets: "[192.0.2.1]", "[IPv6:2001:db8::1]".
    std::string literal() const;
    // Network order; an IPv4 address is in the first four octets, the rest zero.
    const std::array<std::uint8_t, 16>& octets() const { return octets_; }

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    std::array<std::uint8_t, 16> octets_{};
    bool is_v4_ = true;
};

// The address whose bits beyond the first `bits` are zero: what all addresses of one network have in common.
IpAddress first_bits(const IpAddress& address, unsigned bits);

// What counts as one client: an IPv4 address, or the /64 an IPv6 address lies in, since that is what one site
// gets.
IpAddress client_of(const IpAddress& address);

// "192.0.2.0/24", "2001:db8::/32", or one address. Bits beyond the prefix must be zero, so that a typing
// mistake is an error and not another network.
class IpNetwork {
public:
    static std::optional<IpNetwork> parse(std::string_view text);
    bool contains(const IpAddress& address) const;
    bool overlaps(const IpNetwork& other) const;  // some address is in both
    std::string text() const;
    unsigned prefix_bits() const { return prefix_bits_; }
    friend bool operator==(const IpNetwork&, const IpNetwork&) = default;

private:
    IpAddress base_;
    unsigned prefix_bits_ = 32;  // with 0.0.0.0: an unset network is never the whole Internet
};

// In decimal, at most 65535; no sign, no leading zero.
std::optional<std::uint16_t> parse_port(std::string_view text);

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;
    static std::optional<Endpoint> parse(std::string_view text);  // "192.0.2.1:25", "[2001:db8::1]:25"
    std::string text() const;
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace cursus

template <>
struct std::hash<cursus::IpAddress> {
    std::size_t operator()(const cursus::IpAddress& address) const noexcept {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(address.octets().data()), address.octets().size()});
    }
};
