#include "http/https_url.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/ip.h"
#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view scheme = "https://";
constexpr std::size_t url_octets_max = 2'000;
constexpr std::size_t name_octets_max = 253;  // RFC 1035 §2.3.4

bool is_name(std::string_view host) {
    const auto is_ldh = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
    return !host.empty() && host.size() <= name_octets_max && std::ranges::all_of(host, is_ldh) &&
           !host.starts_with('.') && !host.ends_with('.') && !host.contains("..") && !IpAddress::parse(host);
}

bool is_in_target(char c) {
    return c > ' ' && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\';
}

}  // namespace

std::string HttpsUrl::authority() const {
    return port == HttpsUrl().port ? host : fmt::format("{}:{}", host, port);
}

Result<HttpsUrl, std::string> HttpsUrl::parse(std::string_view text) {
    const auto fault = [text](std::string_view what) {
        return failure(fmt::format("\"{}\": {}", text, what));
    };
    if (text.size() > url_octets_max) return failure(std::string("an URL is too long"));
    if (!text.starts_with(scheme)) return fault("an URL begins with https:// here");
    auto rest = text.substr(scheme.size());
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(authority.size());
    const auto colon = authority.find(':');
    HttpsUrl url;
    url.host = to_lower(authority.substr(0, colon));
    if (!is_name(url.host))
        return fault("a host is named behind https://, without a user and not by its address");
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port || *port == 0) return fault("a port is a number from 1 to 65535");
        url.port = *port;
    }
    if (!std::ranges::all_of(rest, is_in_target)) return fault("the path holds what cannot stand there");
    if (!rest.empty()) url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
    return url;
}

}  // namespace cursus
