#include "runtime/host_addresses.h"

#include <algorithm>

namespace cursus {

void add_answer(HostAddresses& addresses, const DnsAnswer& answer) {
    addresses.ttl = std::min(addresses.ttl, answer.ttl);
    switch (answer.status) {
        case DnsStatus::NxDomain:
            return;
        case DnsStatus::NoData:
            addresses.canonical_name = answer.canonical_name;
            return;
        case DnsStatus::Failed:
        case DnsStatus::Bogus:
            addresses.is_certain = false;
            addresses.was_bogus |= answer.status == DnsStatus::Bogus;
            addresses.why = answer.why;
            return;
        case DnsStatus::Found:
            break;
    }
    addresses.canonical_name = answer.canonical_name;
    std::size_t taken = 0;
    for (const std::string& rdata : answer.records) {
        if (taken == host_addresses_max) return;
        const auto address = parse_address(rdata);
        if (!address) {
            addresses.is_certain = false;
            addresses.why = "an address record of the wrong length";
        } else if (std::ranges::find(addresses.found, *address) == addresses.found.end()) {
            addresses.found.push_back(*address);
            ++taken;
        }
    }
}

std::optional<IpAddress> as_address(std::string_view name) {
    constexpr std::string_view v6_tag = "IPv6:";
    if (name.starts_with('[') && name.ends_with(']')) {
        name = name.substr(1, name.size() - 2);
        if (name.starts_with(v6_tag)) name.remove_prefix(v6_tag.size());
    }
    return IpAddress::parse(name);
}

Task<void> look_up_addresses(Resolver& resolver, std::string name, HostAddresses& into) {
    if (const auto address = as_address(name)) {
        into.found.push_back(*address);
        co_return;
    }
    // NXDOMAIN for AAAA does not spare the question for A, though it should: there are servers that lie.
    const auto v6 = co_await resolver.resolve(name, RecordType::Aaaa);
    add_answer(into, *v6);
    const auto v4 = co_await resolver.resolve(name, RecordType::A);
    add_answer(into, *v4);
}

}  // namespace cursus
