// Where a directory is, and how an entry is found in it.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace cursus {

enum class LdapDepth : std::uint8_t { Base, One, Subtree };
enum class LdapTls : std::uint8_t { AsTheUriSays, StartTls };

struct LdapTableSettings {
    std::string name;
    std::string uri;  // ldap://, ldaps:// or ldapi://; with TLS the server's certificate is checked
    std::string base;
    LdapDepth depth = LdapDepth::Subtree;
    std::string filter;                  // {key} is filled in, escaped
    std::string attribute;               // whose values are the answer
    std::string bind_dn, password_file;  // empty: anonymous
    LdapTls tls = LdapTls::AsTheUriSays;
    Duration time_max{};
};

}  // namespace cursus
