#include "base/reversed_address.h"

#include <fmt/format.h>

namespace cursus {

std::string reversed_labels(const IpAddress& address) {
    const auto& octets = address.octets();
    if (address.is_v4()) return fmt::format("{}.{}.{}.{}", octets[3], octets[2], octets[1], octets[0]);
    std::string labels;
    for (std::size_t i = octets.size(); i-- > 0;)
        labels += fmt::format("{}{:x}.{:x}", labels.empty() ? "" : ".", octets[i] & 15U, octets[i] >> 4U);
    return labels;
}

std::string reverse_name(const IpAddress& address) {
    return reversed_labels(address) + (address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa");
}

}  // namespace cursus
