#include "base/ip.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/number.h"

namespace cursus {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0,    0,
                                                     0, 0, 0, 0, 0xff, 0xff};  // RFC 4291 §2.5.5.2

// A decimal number of at most `digits_max` digits, in the one way it is written: no sign, no leading zero.
std::optional<unsigned> parse_decimal(std::string_view text, std::size_t digits_max, unsigned value_max) {
    if (text.empty() || text.size() > digits_max || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    const auto value = parse_number<unsigned>(text);
    return value && *value <= value_max ? value : std::nullopt;
}

// Four numbers. Leading zeros are refused: some read them as octal, so that one text would mean two hosts.
std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
    std::array<std::uint8_t, 4> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto dot = i + 1 < octets.size() ? text.find('.') : text.size();
        if (dot == std::string_view::npos) return std::nullopt;
        const auto value = parse_decimal(text.substr(0, dot), 3, 255);
        if (!value) return std::nullopt;
        octets[i] = static_cast<std::uint8_t>(*value);
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return octets;
}

std::optional<std::uint16_t> parse_hex_group(std::string_view text) {
    if (text.size() > 4) return std::nullopt;
    return parse_number<std::uint16_t>(text, 16);
}

// Groups with colons between them, the last one perhaps an IPv4 address; appends octets. Empty text is no
// group.
bool parse_groups(std::string_view text, bool may_end_in_v4, std::array<std::uint8_t, 16>& octets,
                  std::size_t& filled) {
    while (!text.empty()) {
        const auto colon = text.find(':');
        const auto group = text.substr(0, colon);
        const bool is_last = colon == std::string_view::npos;
        if (const auto v4 = is_last && may_end_in_v4 ? parse_v4(group) : std::nullopt) {
            if (filled + 4 > octets.size()) return false;
            std::ranges::copy(*v4, octets.begin() + static_cast<std::ptrdiff_t>(filled));
            filled += 4;
            return true;
        }
        const auto value = parse_hex_group(group);
        if (!value || filled + 2 > octets.size()) return false;
        octets[filled++] = static_cast<std::uint8_t>(*value >> 8);
        octets[filled++] = static_cast<std::uint8_t>(*value & 0xff);
        if (is_last) return true;
        text.remove_prefix(colon + 1);
        if (text.empty()) return false;  // a colon with nothing behind it
    }
    return true;
}

// RFC 4291 §2.2: eight groups, or fewer with one "::" in place of at least one.
std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
    std::array<std::uint8_t, 16> octets{};
    std::size_t filled = 0;
    const auto gap = text.find("::");
    if (gap == std::string_view::npos) {
        if (!parse_groups(text, true, octets, filled) || filled != octets.size()) return std::nullopt;
        return octets;
    }
    std::array<std::uint8_t, 16> tail{};
    std::size_t tail_filled = 0;
    if (!parse_groups(text.substr(0, gap), false, octets, filled)) return std::nullopt;
    if (!parse_groups(text.substr(gap + 2), true, tail, tail_filled)) return std::nullopt;
    if (filled + tail_filled > octets.size() - 2) return std::nullopt;
    std::copy_n(tail.begin(), tail_filled, octets.end() - static_cast<std::ptrdiff_t>(tail_filled));
    return octets;
}

// Where the longest run of zero groups is, if it has two or more (RFC 5952 §4.2): first group and length.
std::pair<std::size_t, std::size_t> longest_zero_run(const std::array<std::uint16_t, 8>& groups) {
    std::size_t best = 0, best_length = 1;
    for (std::size_t i = 0; i < groups.size();) {
        std::size_t end = i;
        while (end < groups.size() && groups[end] == 0) ++end;
        if (end - i > best_length) best = i, best_length = end - i;
        i = end + 1;
    }
    if (best_length < 2) return {groups.size(), 0};
    return {best, best_length};
}

std::string v6_text(const std::array<std::uint8_t, 16>& octets) {
    std::array<std::uint16_t, 8> groups{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i] = static_cast<std::uint16_t>(octets[2 * i] << 8 | octets[2 * i + 1]);
    }
    const auto [run, run_length] = longest_zero_run(groups);
    std::string text;
    for (std::size_t i = 0; i < groups.size();) {
        if (i == run) {
            text += "::";
            i += run_length;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        text += fmt::format("{:x}", groups[i++]);
    }
    return text;
}

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> octets) {
    IpAddress address;
    std::ranges::copy(octets, address.octets_.begin());
    return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& octets) {
    if (std::ranges::equal(mapped_prefix, std::span(octets).first<12>())) {
        return v4({octets[12], octets[13], octets[14], octets[15]});
    }
    IpAddress address;
    address.octets_ = octets;
    address.is_v4_ = false;
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.find(':') != std::string_view::npos) {
        const auto octets = parse_v6(text);
        if (!octets) return std::nullopt;
        return v6(*octets);
    }
    const auto octets = parse_v4(text);
    if (!octets) return std::nullopt;
    return v4(*octets);
}

bool IpAddress::is_loopback() const {
    if (is_v4_) return octets_[0] == 127;
    return octets_[15] == 1 &&
           std::all_of(octets_.begin(), octets_.end() - 1, [](auto octet) { return octet == 0; });
}

bool IpAddress::is_unspecified() const {
    return std::ranges::all_of(octets_, [](auto octet) { return octet == 0; });
}

IpAddress first_bits(const IpAddress& address, unsigned bits) {
    std::array<std::uint8_t, 16> octets = address.octets();
    for (unsigned i = 0; i < octets.size(); ++i) {
        const unsigned kept = std::min(8U, bits - std::min(bits, 8 * i));
        octets[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
    }
    return address.is_v4() ? IpAddress::v4({octets[0], octets[1], octets[2], octets[3]})
                           : IpAddress::v6(octets);
}

IpAddress client_of(const IpAddress& address) {
    return address.is_v4() ? address : first_bits(address, 64);
}

std::string IpAddress::text() const {
    if (!is_v4_) return v6_text(octets_);
    return fmt::format("{}.{}.{}.{}", octets_[0], octets_[1], octets_[2], octets_[3]);
}

std::string IpAddress::literal() const {
    return fmt::format("[{}{}]", is_v4_ ? "" : "IPv6:", text());
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned bits_max = address->is_v4() ? 32 : 128;
    IpNetwork network;
    network.base_ = *address;
    network.prefix_bits_ = bits_max;
    if (slash != std::string_view::npos) {
        const auto bits = parse_decimal(text.substr(slash + 1), 3, bits_max);
        if (!bits) return std::nullopt;
        network.prefix_bits_ = *bits;
    }
    for (unsigned bit = network.prefix_bits_; bit < bits_max; ++bit) {
        if (address->octets()[bit / 8] & (0x80U >> bit % 8)) return std::nullopt;
    }
    return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
    if (address.is_v4() != base_.is_v4()) return false;
    const unsigned whole = prefix_bits_ / 8;
    if (!std::equal(base_.octets().begin(), base_.octets().begin() + whole, address.octets().begin()))
        return false;
    if (prefix_bits_ % 8 == 0) return true;
    const unsigned mask = 0xff00U >> prefix_bits_ % 8 & 0xffU;
    return ((base_.octets()[whole] ^ address.octets()[whole]) & mask) == 0;
}

// Of two networks that share an address one lies within the other.
bool IpNetwork::overlaps(const IpNetwork& other) const {
    return contains(other.base_) || other.contains(base_);
}

std::string IpNetwork::text() const {
    return fmt::format("{}/{}", base_.text(), prefix_bits_);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_decimal(text, 5, 65535);
    if (!port) return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    // Brackets are IPv6's alone: without them nobody can tell where the address ends.
    if ((host.find(':') != std::string_view::npos) != is_bracketed) return std::nullopt;
    const auto address = IpAddress::parse(host);
    const auto port = parse_port(text.substr(colon + 1));
    if (!address || !port) return std::nullopt;
    return Endpoint{*address, *port};
}

std::string Endpoint::text() const {
    return fmt::format("{}{}{}:{}", address.is_v4() ? "" : "[", address.text(), address.is_v4() ? "" : "]",
                       port);
}

}  // namespace cursus
