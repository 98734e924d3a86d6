// "https://host.example:8443/path?query": RFC 9110 §4.2, as operators write it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/service_address.h"

namespace cursus {

enum class HttpScheme : std::uint8_t { Http, Https };

struct UrlHost {
    std::string name;  // lower case; of http also an address in text form, without brackets
    std::uint16_t port = 0;
    friend auto operator<=>(const UrlHost&, const UrlHost&) = default;
};

struct HttpUrl {
    HttpScheme scheme = HttpScheme::Https;
    std::variant<UrlHost, LocalSocket> server;
    std::string target = "/";         // path and query
    std::string host_field() const;   // RFC 9110 §7.2
    std::string server_name() const;  // for people: no secret of the target's

    // "https://NAME", "http://NAME-OR-ADDRESS", each with a port if need be, or
    // "http://unix:/run/hook.sock:/path". https proves a name, so there it is one. The error is a sentence.
    // No user, no fragment.
    static Result<HttpUrl, std::string> parse(std::string_view text);
    friend auto operator<=>(const HttpUrl&, const HttpUrl&) = default;
};
std::string text(const HttpUrl& url);

}  // namespace cursus
