#include "mail/proxy_header.h"

#include <array>
#include <cassert>
#include <utility>

#include <fmt/format.h>

namespace cursus {

namespace {

using Read = Result<ProxyHeader, std::string>;
using std::string_view_literals::operator""sv;

constexpr auto binary_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr auto line_beginning = "PROXY "sv;
constexpr std::size_t binary_head_octets = 16;  // signature, version and command, family, length

unsigned octet(std::string_view octets, std::size_t at) {
    return static_cast<unsigned char>(octets[at]);
}
std::uint16_t number(std::string_view octets, std::size_t at) {
    return static_cast<std::uint16_t>((octet(octets, at) << 8U) + octet(octets, at + 1));
}

// Takes the next word of a version 1 line: one space stands between two.
std::optional<std::string_view> next_word(std::string_view& line) {
    if (line.empty()) return std::nullopt;
    const auto space = line.find(' ');
    const auto word = line.substr(0, space);
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
    return word;
}

// `line` without its CRLF: "PROXY TCP4 192.0.2.7 203.0.113.25 56324 25".
Read parse_line(std::string_view line) {
    line.remove_prefix(line_beginning.size());
    const auto protocol = next_word(line);
    if (protocol == "UNKNOWN") return ProxyHeader();
    if (protocol != "TCP4" && protocol != "TCP6") return failure("a protocol that is neither TCP4 nor TCP6");
    if (line.ends_with(' ')) return failure("a space at its end");
    std::array<std::optional<std::string_view>, 4> words;
    for (auto& word : words) word = next_word(line);
    if (!words.back() || !line.empty()) return failure("not two addresses and two ports");
    const auto client = IpAddress::parse(*words[0]), server = IpAddress::parse(*words[1]);
    const bool is_v6 = protocol == "TCP6";
    if (!client || !server || words[0]->contains(':') != is_v6 || words[1]->contains(':') != is_v6)
        return failure(fmt::format("an address that is none of {}", *protocol));
    const auto client_port = parse_port(*words[2]), server_port = parse_port(*words[3]);
    if (!client_port || !server_port) return failure("a port that is none");
    return ProxiedConnection{{*client, *client_port}, {*server, *server_port}};
}

template <std::size_t size>
std::array<std::uint8_t, size> address_octets(std::string_view octets, std::size_t at) {
    std::array<std::uint8_t, size> address;
    for (std::size_t i = 0; i < size; ++i) address[i] = static_cast<std::uint8_t>(octet(octets, at + i));
    return address;
}

// The whole of a version 2 header. What stands behind the addresses is not needed here.
Read parse_binary(std::string_view octets) {
    constexpr unsigned local = 0x20, proxied = 0x21;                  // version and command
    constexpr unsigned unspecified = 0x00, tcp4 = 0x11, tcp6 = 0x21;  // family and transport
    constexpr std::size_t tcp4_octets = 12, tcp6_octets = 36;         // two addresses, two ports
    const unsigned command = octet(octets, binary_signature.size());
    const unsigned family = octet(octets, binary_signature.size() + 1);
    if (command == local) return ProxyHeader();
    if (command != proxied) return failure("a version or command that is not known");
    if (family == unspecified) return ProxyHeader();
    octets.remove_prefix(binary_head_octets);
    if (family == tcp4 && octets.size() >= tcp4_octets)
        return ProxiedConnection{{IpAddress::v4(address_octets<4>(octets, 0)), number(octets, 8)},
                                 {IpAddress::v4(address_octets<4>(octets, 4)), number(octets, 10)}};
    if (family == tcp6 && octets.size() >= tcp6_octets)
        return ProxiedConnection{{IpAddress::v6(address_octets<16>(octets, 0)), number(octets, 32)},
                                 {IpAddress::v6(address_octets<16>(octets, 16)), number(octets, 34)}};
    return failure("no addresses of TCP");
}

}  // namespace

std::size_t ProxyHeaderReader::wanted() const {
    if (is_whole_) return 0;
    switch (form_) {
        case Form::Unknown:
            return binary_signature.size() - octets_.size();  // a line is never shorter
        case Form::Line:
            return octets_.ends_with('\r') ? 1 : 2;
        case Form::Binary:
            break;
    }
    if (octets_.size() < binary_head_octets) return binary_head_octets - octets_.size();
    return binary_head_octets + number(octets_, binary_head_octets - 2) - octets_.size();
}

Result<void, std::string> ProxyHeaderReader::add(std::string_view octets) {
    assert(octets.size() <= wanted());
    octets_ += octets;
    auto looked = look();
    if (!looked) return failure(fmt::format("no PROXY header: {}", looked.error()));
    return {};
}

Result<void, std::string> ProxyHeaderReader::look() {
    if (form_ == Form::Unknown) {
        const std::string_view begun(octets_);
        const bool may_be_line =
            begun.substr(0, line_beginning.size()) == line_beginning.substr(0, begun.size());
        const bool may_be_binary = begun == binary_signature.substr(0, begun.size());
        if (!may_be_line && !may_be_binary) return failure("it begins otherwise");
        if (begun.size() < binary_signature.size()) return {};
        form_ = may_be_binary ? Form::Binary : Form::Line;
    }
    return form_ == Form::Line ? look_at_line() : look_at_binary();
}

Result<void, std::string> ProxyHeaderReader::look_at_line() {
    const std::string_view line(octets_);
    if (!line.ends_with("\r\n")) {
        if (line.size() + wanted() > line_octets_max) return failure("its line does not end");
        return {};
    }
    TRY(header, parse_line(line.substr(0, line.size() - 2)));
    header_ = header;
    is_whole_ = true;
    return {};
}

Result<void, std::string> ProxyHeaderReader::look_at_binary() {
    if (octets_.size() < binary_head_octets) return {};
    if (binary_head_octets + number(octets_, binary_head_octets - 2) > binary_octets_max)
        return failure("it is too long");
    if (wanted() > 0) return {};
    TRY(header, parse_binary(octets_));
    header_ = header;
    is_whole_ = true;
    return {};
}

}  // namespace cursus
