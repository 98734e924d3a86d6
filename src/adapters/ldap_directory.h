// Logging in by an LDAP directory: the entry is found as a table would, and then bound as.
#pragma once

#include <memory>

#include "adapters/ldap_settings.h"
#include "runtime/directory.h"

namespace cursus {

// `attribute` says who somebody is: of several values the one that was given, in any case. Every question has
// a connection of its own, which nobody else's rights are left on.
std::shared_ptr<Directory> make_ldap_directory(const LdapTableSettings& settings);

}  // namespace cursus
