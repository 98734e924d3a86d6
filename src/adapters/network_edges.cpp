#include "adapters/network_edges.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include "base/number.h"
#include "base/words.h"

namespace cursus {

namespace {

constexpr std::size_t table_octets_max = std::size_t{1} << 20;

std::string text_of(const char* path) {
    std::ifstream file(path);
    std::string text(table_octets_max, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

std::vector<std::vector<std::string>> lines_of_words(std::string_view text) {
    std::vector<std::vector<std::string>> lines;
    std::istringstream all{std::string(text)};
    for (std::string line; std::getline(all, line);) lines.push_back(words(line));
    return lines;
}

bool is_bridge(const std::string& interface) {
    std::error_code error;
    return std::filesystem::exists("/sys/class/net/" + interface + "/bridge", error);
}

std::optional<IpAddress> address_of(const sockaddr* address) {
    if (address == nullptr) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* octets = nullptr;
    if (address->sa_family == AF_INET)
        octets = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        octets = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (octets == nullptr || inet_ntop(address->sa_family, octets, text.data(), text.size()) == nullptr)
        return std::nullopt;
    return IpAddress::parse(text.data());
}

void add_bridges(std::vector<NetworkEdge>& edges) {
    ifaddrs* raw = nullptr;
    if (getifaddrs(&raw) != 0) return;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> all(raw, &freeifaddrs);
    for (const ifaddrs* each = raw; each != nullptr; each = each->ifa_next) {
        const auto address = address_of(each->ifa_addr);
        if (address && is_bridge(each->ifa_name))
            edges.push_back({*address, std::string("the bridge ") + each->ifa_name});
    }
}

}  // namespace

// Iface Destination Gateway ...; numbers as the machine has them in memory, so that their octets are in
// network order.
std::vector<NetworkEdge> gateways_v4(std::string_view route) {
    std::vector<NetworkEdge> edges;
    for (const auto& line : lines_of_words(route)) {
        if (line.size() < 3) continue;
        const auto gateway = parse_number<std::uint32_t>(line[2], 16);
        if (!gateway || *gateway == 0) continue;
        edges.push_back({IpAddress::v4(std::bit_cast<std::array<std::uint8_t, 4>>(*gateway)),
                         "the gateway by " + line[0]});
    }
    return edges;
}

// Destination, prefix, source, prefix, next hop, metric, counters, flags, interface; 32 digits an address.
std::vector<NetworkEdge> gateways_v6(std::string_view route) {
    constexpr std::size_t columns = 10, digits = 32;
    std::vector<NetworkEdge> edges;
    for (const auto& line : lines_of_words(route)) {
        if (line.size() < columns || line[4].size() != digits) continue;
        std::array<std::uint8_t, 16> octets{};
        bool is_good = true;
        for (std::size_t i = 0; i < octets.size(); ++i) {
            const auto octet = parse_number<std::uint8_t>(std::string_view(line[4]).substr(2 * i, 2), 16);
            is_good = is_good && octet.has_value();
            octets.at(i) = octet.value_or(0);
        }
        const IpAddress gateway = IpAddress::v6(octets);
        if (is_good && !gateway.is_unspecified()) edges.push_back({gateway, "the gateway by " + line.back()});
    }
    return edges;
}

std::vector<NetworkEdge> network_edges() {
    std::vector<NetworkEdge> edges = gateways_v4(text_of("/proc/net/route"));
    for (auto& edge : gateways_v6(text_of("/proc/net/ipv6_route"))) edges.push_back(std::move(edge));
    add_bridges(edges);
    return edges;
}

}  // namespace cursus
