#include "mail/uri_host.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ip.h"
#include "base/number.h"
#include "base/text.h"
#include "mail/domain.h"
#include "mail/percents.h"

namespace cursus {
namespace {

constexpr std::size_t tail_labels_max = 4;  // of a name that is none as a whole

bool is_host_octet(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || !is_ascii(c);
}

// One part of an IPv4 address as browsers read it: decimal, 0x and hexadecimal, 0 and octal.
std::optional<std::uint64_t> ipv4_part(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
        if (text.empty()) return 0;
    } else if (text.size() > 1 && text.starts_with('0')) {
        base = 8;
        text.remove_prefix(1);
    }
    return parse_number<std::uint64_t>(text, base);
}

std::vector<std::string_view> labels_of(std::string_view name) {
    std::vector<std::string_view> labels;
    for (;;) {
        const auto dot = name.find('.');
        labels.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos) return labels;
        name.remove_prefix(dot + 1);
    }
}

// One to four parts; the last fills what the others leave, as in "127.1".
std::optional<IpAddress> ipv4_of(const std::vector<std::string_view>& labels) {
    if (labels.size() > 4) return std::nullopt;
    std::uint64_t address = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const bool is_last = i + 1 == labels.size();
        const auto part = ipv4_part(labels[i]);
        const std::uint64_t limit = is_last ? std::uint64_t{1} << (8 * (4 - i)) : 256;
        if (!part || *part >= limit) return std::nullopt;
        address += *part << (is_last ? 0 : 8 * (3 - i));
    }
    const auto octet = [address](unsigned shift) { return static_cast<std::uint8_t>(address >> shift); };
    return IpAddress::v4({octet(24), octet(16), octet(8), octet(0)});
}

std::string_view without_outer_dots(std::string_view name) {
    const auto begin = name.find_first_not_of('.');
    if (begin == std::string_view::npos) return {};
    return name.substr(begin, name.find_last_not_of('.') - begin + 1);
}

// The last labels of `name`, as many as are a name for mail.
std::optional<std::string> tail_of(std::string_view name, std::size_t labels) {
    for (; labels > 2; --labels) {
        name.remove_prefix(name.find('.') + 1);
        if (labels - 1 > tail_labels_max) continue;
        if (const auto domain = Domain::parse(name)) return domain->text();
    }
    return std::nullopt;
}

std::optional<std::string> name_or_ipv4(std::string_view written) {
    const auto mapped = mapped_as_in_browsers(written);
    const auto name = without_outer_dots(mapped ? std::string_view(*mapped) : written);
    if (name.empty()) return std::nullopt;
    const auto labels = labels_of(name);
    if (ipv4_part(labels.back()) || std::ranges::all_of(labels.back(), [](char c) { return is_digit(c); })) {
        const auto address = ipv4_of(labels);
        return address ? std::optional(address->text()) : std::nullopt;
    }
    if (labels.size() < 2) return std::nullopt;
    if (const auto domain = Domain::parse(name)) return domain->text();
    return tail_of(name, labels.size());
}

}  // namespace

std::optional<std::string> uri_host(std::string_view authority) {
    const auto decoded = lenient_percent_decoded(authority);
    std::string_view host = decoded;
    host = host.substr(0, host.find_first_of("/\\?#"));
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    if (host.starts_with('[')) {
        host = host.substr(1, host.find(']') - 1);
        if (equal_ignoring_case(host.substr(0, 5), "IPv6:")) host.remove_prefix(5);  // RFC 5321 §4.1.3
        const auto address = IpAddress::parse(host);
        return address ? std::optional(address->text()) : std::nullopt;
    }
    const auto* const end = std::ranges::find_if_not(host, is_host_octet);
    return name_or_ipv4(host.substr(0, static_cast<std::size_t>(end - host.begin())));
}

}  // namespace cursus
