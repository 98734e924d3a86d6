#include "base/address_scope.h"

#include <algorithm>
#include <vector>

namespace cursus {
namespace {

struct Scoped {
    IpNetwork network;
    AddressScope scope;
};

std::vector<Scoped> special_networks() {
    using enum AddressScope;
    std::vector<Scoped> networks;
    const auto add = [&networks](AddressScope scope, std::initializer_list<const char*> texts) {
        for (const char* text : texts) networks.push_back({IpNetwork::parse(text).value(), scope});
    };
    add(Private, {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
                  "192.0.0.0/24", "198.18.0.0/15", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10"});
    add(Nowhere, {"0.0.0.0/8", "224.0.0.0/3", "::", "ff00::/8"});
    return networks;
}

IpAddress v4_at(const IpAddress& address, std::size_t first) {
    const auto& octets = address.octets();
    return IpAddress::v4({octets[first], octets[first + 1], octets[first + 2], octets[first + 3]});
}

}  // namespace

AddressScope scope_of(const IpAddress& address) {
    static const std::vector<Scoped> special = special_networks();
    static const IpNetwork translated = IpNetwork::parse("64:ff9b::/96").value();
    static const IpNetwork six_to_four = IpNetwork::parse("2002::/16").value();
    if (address.is_loopback()) return AddressScope::Loopback;
    if (translated.contains(address)) return scope_of(v4_at(address, 12));
    if (six_to_four.contains(address)) return scope_of(v4_at(address, 2));
    const auto found =
        std::ranges::find_if(special, [&](const Scoped& one) { return one.network.contains(address); });
    return found == special.end() ? AddressScope::Everywhere : found->scope;
}

}  // namespace cursus
