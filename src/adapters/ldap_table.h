#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/time.h"
#include "runtime/table.h"

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

inline constexpr int ldap_entries_max = 1'000;

// The values of all entries found are one list, in the server's order; an empty value is none. Referrals are
// not followed. A base that is not there is trouble: it says nothing of the key.
std::shared_ptr<Table> make_ldap_table(const LdapTableSettings& settings);

}  // namespace cursus
