#pragma once

#include <memory>

#include "adapters/ldap_settings.h"
#include "runtime/table.h"

namespace cursus {

inline constexpr int ldap_entries_max = 1'000;

// The values of all entries found are one list, in the server's order; an empty value is none. Referrals are
// not followed. A base that is not there is trouble: it says nothing of the key.
std::shared_ptr<Table> make_ldap_table(const LdapTableSettings& settings);

}  // namespace cursus
