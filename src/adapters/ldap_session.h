// A session with one LDAP server. Used by one thread at a time; what it does takes until the deadline at
// most.
#pragma once

#include <ldap.h>

#include <memory>
#include <string>

#include "adapters/database_table.h"
#include "adapters/ldap_settings.h"
#include "base/result.h"

namespace cursus {

struct FreeLdap {
    void operator()(LDAP* session) const { ldap_unbind_ext(session, nullptr, nullptr); }
    void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
    void operator()(berval** values) const { ldap_value_free_len(values); }
    void operator()(char* text) const { ldap_memfree(text); }
};
using LdapMessage = std::unique_ptr<LDAPMessage, FreeLdap>;

// Before a second thread uses the library: it reads its own settings at the first call of all.
void prepare_ldap();

class LdapSession {
public:
    // Connected to the host, with TLS as the settings say, and bound as they say. The error is for people.
    static Result<std::unique_ptr<LdapSession>, std::string> open(const LdapTableSettings& settings,
                                                                  const std::string& uri,
                                                                  LookupDeadline deadline);
    LDAP* get() const { return session_.get(); }

    // What the filter finds by that key. Codes are the library's own where they are below zero, and all say
    // that the server cannot be talked to.
    Result<LdapMessage, int> search(const LdapTableSettings& settings, const std::string& key,
                                    int entries_max, LookupDeadline deadline);
    // Who we are from now on.
    int bind(const std::string& dn, std::string& password, LookupDeadline deadline);
    std::string describe(int code) const;

private:
    explicit LdapSession(LDAP* session) : session_(session) {}
    void limit_time(LookupDeadline deadline);
    Result<void, std::string> connect(const LdapTableSettings& settings, LookupDeadline deadline);
    Result<void, std::string> bind_as_told(const LdapTableSettings& settings, LookupDeadline deadline);

    std::unique_ptr<LDAP, FreeLdap> session_;
};

}  // namespace cursus
