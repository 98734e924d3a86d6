#include "policy/list_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/address_scope.h"

namespace cursus {
namespace {

constexpr std::size_t dns_name_octets_max = 253;  // RFC 1035 §2.3.4

std::string reversed_octets(const std::array<std::uint8_t, 16>& octets) {
    return fmt::format("{}.{}.{}.{}", octets[3], octets[2], octets[1], octets[0]);
}

std::string reversed_nibbles(const std::array<std::uint8_t, 16>& octets) {
    std::string name;
    for (std::size_t i = octets.size(); i-- > 0;)
        name += fmt::format("{}{:x}.{:x}", name.empty() ? "" : ".", octets[i] & 0xf, octets[i] >> 4);
    return name;
}

std::vector<std::string> subjects_of(const IpAddress& address) {
    if (scope_of(address) != AddressScope::Everywhere) return {};
    return {address.is_v4() ? reversed_octets(address.octets()) : reversed_nibbles(address.octets())};
}

std::vector<std::string> subjects_of(const Domain& domain, NamesAsked asked) {
    std::string_view name = domain.text();
    auto labels = static_cast<std::size_t>(std::ranges::count(name, '.')) + 1;
    if (labels < 2) return {};
    std::vector<std::string> subjects{std::string(name)};
    if (asked == NamesAsked::AsGiven) return subjects;
    while (labels > 2) {
        name.remove_prefix(name.find('.') + 1);
        if (--labels <= list_parents_max) subjects.emplace_back(name);
    }
    return subjects;
}

}  // namespace

std::optional<ListedSubject> listed_subject(std::string_view host) {
    if (const auto address = IpAddress::parse(host)) return *address;
    auto domain = Domain::parse(host);
    if (!domain) return std::nullopt;
    return *std::move(domain);
}

bool is_listable(const ListedSubject& subject) {
    if (const auto* const address = std::get_if<IpAddress>(&subject)) return !subjects_of(*address).empty();
    return !subjects_of(std::get<Domain>(subject), NamesAsked::AsGiven).empty();
}

ListedKind kind_of(const ListedSubject& subject) {
    const auto* const address = std::get_if<IpAddress>(&subject);
    if (address == nullptr) return ListedKind::Names;
    return address->is_v4() ? ListedKind::Ipv4 : ListedKind::Ipv6;
}

std::string_view text(ListedKind kind) {
    switch (kind) {
        case ListedKind::Ipv4:
            return "IPv4 addresses";
        case ListedKind::Ipv6:
            return "IPv6 addresses";
        case ListedKind::Names:
            return "names";
    }
    return {};
}

std::vector<std::string> list_names(const ListedSubject& subject, std::string_view zone, NamesAsked asked) {
    const auto* const address = std::get_if<IpAddress>(&subject);
    auto names = address != nullptr ? subjects_of(*address) : subjects_of(std::get<Domain>(subject), asked);
    for (auto& name : names) name += fmt::format(".{}", zone);
    std::erase_if(names, [](const std::string& name) { return name.size() > dns_name_octets_max; });
    return names;
}

// RFC 5782 §5.
ListTestNames list_test_names(ListedKind kind, std::string_view zone) {
    if (kind == ListedKind::Names) return {fmt::format("test.{}", zone), fmt::format("invalid.{}", zone)};
    if (kind == ListedKind::Ipv4)
        return {fmt::format("2.0.0.127.{}", zone), fmt::format("1.0.0.127.{}", zone)};
    // ::ffff:127.0.0.2 and .1, which IpAddress holds as what they map.
    std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2};
    auto present = fmt::format("{}.{}", reversed_nibbles(mapped), zone);
    mapped.back() = 1;
    return {std::move(present), fmt::format("{}.{}", reversed_nibbles(mapped), zone)};
}

}  // namespace cursus
