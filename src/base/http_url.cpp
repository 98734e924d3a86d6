#include "base/http_url.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/ip.h"
#include "base/text.h"

namespace cursus {
namespace {

constexpr std::size_t url_octets_max = 2'000;
constexpr std::size_t name_octets_max = 253;  // RFC 1035 §2.3.4
constexpr std::string_view https_prefix = "https://", http_prefix = "http://";

std::uint16_t usual_port(HttpScheme scheme) {
    return scheme == HttpScheme::Https ? 443 : 80;
}

bool is_name(std::string_view host) {
    const auto is_ldh = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
    return !host.empty() && host.size() <= name_octets_max && std::ranges::all_of(host, is_ldh) &&
           !host.starts_with('.') && !host.ends_with('.') && !host.contains("..") && !IpAddress::parse(host);
}

bool is_in_target(char c) {
    return c > ' ' && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\';
}

// What stands before the port: IPv6 addresses have brackets there, RFC 3986 §3.2.2.
std::string_view host_of(std::string_view authority) {
    if (!authority.starts_with('[')) return authority.substr(0, authority.find(':'));
    const auto end = authority.find(']');
    return authority.substr(0, end == std::string_view::npos ? end : end + 1);
}

Result<std::string, std::string> name_or_address(std::string_view host, HttpScheme scheme) {
    std::string name = to_lower(host);
    if (is_name(name)) return name;
    if (scheme == HttpScheme::Https)
        return failure(std::string("a host is named behind https://, without a user and not by its address"));
    const bool has_brackets = host.starts_with('[') && host.ends_with(']');
    const auto address = IpAddress::parse(has_brackets ? host.substr(1, host.size() - 2) : host);
    if (!address || (has_brackets && address->is_v4()) || (!has_brackets && !address->is_v4()))
        return failure(std::string("a host or its address stands behind http://, without a user"));
    return address->text();
}

Result<UrlHost, std::string> parse_authority(std::string_view authority, HttpScheme scheme) {
    const auto written = host_of(authority);
    TRY(name, name_or_address(written, scheme));
    UrlHost host{std::move(name), usual_port(scheme)};
    authority.remove_prefix(written.size());
    if (authority.empty()) return host;
    const auto port = authority.starts_with(':') ? parse_port(authority.substr(1)) : std::nullopt;
    if (!port || *port == 0) return failure(std::string("a port is a number from 1 to 65535"));
    host.port = *port;
    return host;
}

// Takes what names the server off the front of `rest`, which lies behind the scheme.
Result<std::variant<UrlHost, LocalSocket>, std::string> take_server(std::string_view& rest,
                                                                    HttpScheme scheme) {
    if (scheme == HttpScheme::Http && rest.starts_with(local_socket_prefix)) {
        const auto path_end = rest.find(':', local_socket_prefix.size());
        const auto written = rest.substr(0, path_end);
        rest.remove_prefix(path_end == std::string_view::npos ? rest.size() : path_end + 1);
        return parse_local_socket(written);
    }
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(authority.size());
    return parse_authority(authority, scheme);
}

}  // namespace

std::string HttpUrl::server_name() const {
    const auto* socket = std::get_if<LocalSocket>(&server);
    return socket != nullptr ? cursus::text(*socket) : host_field();
}

std::string HttpUrl::host_field() const {
    if (std::holds_alternative<LocalSocket>(server)) return "localhost";
    const auto& [name, port] = std::get<UrlHost>(server);
    const std::string host = name.contains(':') ? "[" + name + "]" : name;
    return port == usual_port(scheme) ? host : fmt::format("{}:{}", host, port);
}

std::string text(const HttpUrl& url) {
    const bool is_local = std::holds_alternative<LocalSocket>(url.server);
    return fmt::format("{}{}{}{}", url.scheme == HttpScheme::Https ? https_prefix : http_prefix,
                       url.server_name(), is_local ? ":" : "", url.target);
}

Result<HttpUrl, std::string> HttpUrl::parse(std::string_view text) {
    if (text.size() > url_octets_max) return failure(std::string("an URL is too long"));
    const auto fault = [text](std::string_view what) {
        return failure(fmt::format("\"{}\": {}", text, what));
    };
    HttpUrl url;
    const bool is_https = text.starts_with(https_prefix);
    if (!is_https && !text.starts_with(http_prefix)) return fault("an URL begins with https:// or http://");
    url.scheme = is_https ? HttpScheme::Https : HttpScheme::Http;
    auto rest = text.substr((is_https ? https_prefix : http_prefix).size());
    auto server = take_server(rest, url.scheme);
    if (!server) return fault(server.error());
    url.server = *std::move(server);
    if (!std::ranges::all_of(rest, is_in_target)) return fault("the path holds what cannot stand there");
    if (!rest.empty()) url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
    return url;
}

}  // namespace cursus
