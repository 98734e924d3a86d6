#include "runtime/resolver.h"

#include <algorithm>
#include <utility>

namespace cursus {

namespace {

constexpr std::size_t label_octets_max = 63;        // RFC 1035 §2.3.4
constexpr std::size_t text_piece_octets_max = 255;  // RFC 1035 §3.3
constexpr std::size_t name_octets_max = 255;        // the same, length octets and root included

std::uint8_t octet(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

// What may stand in a host name as others than ourselves have made it: printable, and neither a dot inside a
// label, which would read as another name, nor the backslash that escapes one (RFC 1035 §5.1).
bool is_plain(char c) {
    return c > 0x20 && c < 0x7f && c != '.' && c != '\\';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

// RFC 1035 §3.1: length octet and label, until the empty label of the root. Compression cannot occur here.
std::optional<std::string> parse_name(std::string_view rdata) {
    if (rdata.size() > name_octets_max) return std::nullopt;
    std::string name;
    while (!rdata.empty()) {
        const std::size_t length = octet(rdata, 0);
        rdata.remove_prefix(1);
        if (length == 0) return rdata.empty() ? std::optional(std::move(name)) : std::nullopt;
        if (length > label_octets_max || length > rdata.size()) return std::nullopt;
        const std::string_view label = rdata.substr(0, length);
        if (!std::ranges::all_of(label, is_plain)) return std::nullopt;
        if (!name.empty()) name += '.';
        std::ranges::transform(label, std::back_inserter(name), lower);
        rdata.remove_prefix(length);
    }
    return std::nullopt;
}

// RFC 1035 §3.3.9.
std::optional<MxRecord> parse_mx(std::string_view rdata) {
    if (rdata.size() < 3) return std::nullopt;
    auto host = parse_name(rdata.substr(2));
    if (!host) return std::nullopt;
    return MxRecord{static_cast<std::uint16_t>(octet(rdata, 0) << 8 | octet(rdata, 1)), std::move(*host)};
}

std::optional<IpAddress> parse_address(std::string_view rdata) {
    if (rdata.size() == 4) {
        return IpAddress::v4({octet(rdata, 0), octet(rdata, 1), octet(rdata, 2), octet(rdata, 3)});
    }
    if (rdata.size() != 16) return std::nullopt;
    std::array<std::uint8_t, 16> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = octet(rdata, i);
    return IpAddress::v6(octets);
}

std::optional<std::string> parse_text(std::string_view rdata) {
    if (rdata.empty()) return std::nullopt;
    std::string text;
    while (!rdata.empty()) {
        const std::size_t length = octet(rdata, 0);
        rdata.remove_prefix(1);
        if (length > rdata.size()) return std::nullopt;
        text += rdata.substr(0, length);
        rdata.remove_prefix(length);
    }
    return text;
}

std::string name_rdata(std::string_view name) {
    std::string rdata;
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        rdata += static_cast<char>(label.size());
        rdata += label;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    rdata += '\0';
    return rdata;
}

std::string mx_rdata(const MxRecord& record) {
    std::string rdata{static_cast<char>(record.preference >> 8), static_cast<char>(record.preference & 0xff)};
    return rdata + name_rdata(record.host);
}

std::string text_rdata(std::string_view text) {
    std::string rdata;
    do {
        const auto piece = text.substr(0, text_piece_octets_max);
        rdata += static_cast<char>(piece.size());
        rdata += piece;
        text.remove_prefix(piece.size());
    } while (!text.empty());
    return rdata;
}

}  // namespace cursus
