#include "adapters/ldap_filter.h"

#include <fmt/format.h>

namespace cursus {

std::string ldap_escaped(std::string_view value) {
    constexpr std::string_view special("*()\\\0", 5);
    std::string escaped;
    for (const char c : value) {
        if (special.contains(c)) {
            escaped += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string ldap_filter(std::string_view filter, std::string_view key) {
    constexpr std::string_view place = "{key}";
    const std::string escaped = ldap_escaped(key);
    std::string filled;
    for (auto at = filter.find(place); at != std::string_view::npos; at = filter.find(place)) {
        filled += filter.substr(0, at);
        filled += escaped;
        filter.remove_prefix(at + place.size());
    }
    filled += filter;
    return filled;
}

}  // namespace cursus
