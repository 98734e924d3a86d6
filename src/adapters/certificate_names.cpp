#include "adapters/certificate_names.h"

#include "base/text.h"

namespace cursus {

namespace {

constexpr std::size_t host_name_octets_max = 253;  // RFC 1035 §2.3.4

bool is_host_octet(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
}

}  // namespace

std::string plain_host_name(std::string_view text) {
    if (text.size() > host_name_octets_max) return {};
    for (const char c : text)
        if (!is_host_octet(c)) return {};
    return to_lower(text);
}

void CertificateNames::add(std::string_view name, std::size_t certificate) {
    const bool is_wildcard = name.starts_with("*.");
    std::string plain = plain_host_name(is_wildcard ? name.substr(2) : name);
    if (plain.empty()) return;
    (is_wildcard ? below_ : exact_).emplace(std::move(plain), certificate);
}

std::optional<std::size_t> CertificateNames::find(std::string_view asked_for) const {
    const std::string name = plain_host_name(asked_for);
    if (const auto found = exact_.find(name); found != exact_.end()) return found->second;
    const auto dot = name.find('.');
    if (dot == 0 || dot == std::string::npos) return std::nullopt;
    const auto found = below_.find(std::string_view(name).substr(dot + 1));
    return found == below_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace cursus
