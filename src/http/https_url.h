// "https://host.example:8443/path?query": RFC 9110 §4.2.2, as operators write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cursus {

struct HttpsUrl {
    std::string host;  // a name, lower case: it is what the host's certificate is checked for
    std::uint16_t port = 443;
    std::string target = "/";       // path and query
    std::string authority() const;  // for the Host field

    // The error is a sentence. No user, no fragment, no address in place of the name.
    static Result<HttpsUrl, std::string> parse(std::string_view text);
    friend bool operator==(const HttpsUrl&, const HttpsUrl&) = default;
};

}  // namespace cursus
