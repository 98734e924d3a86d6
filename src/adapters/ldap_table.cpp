#include "adapters/ldap_table.h"

#include <utility>

#include "adapters/database_table.h"
#include "adapters/ldap_session.h"
#include "adapters/table_values.h"
#include "base/words.h"

namespace cursus {
namespace {

using Asked = Result<std::optional<std::string>, AskFailure>;

class LdapConnection final : public TableConnection {
public:
    LdapConnection(std::unique_ptr<LdapSession> session, const LdapTableSettings& settings)
        : session_(std::move(session)), settings_(settings) {}

    Asked ask(const std::string& key, LookupDeadline deadline) override {
        const auto result = session_->search(settings_, key, ldap_entries_max, deadline);
        if (!result) return failed(result.error());
        return read(result->get());
    }

private:
    Asked read(LDAPMessage* result) {
        TableValues values;
        for (auto* entry = ldap_first_entry(session_->get(), result); entry != nullptr;
             entry = ldap_next_entry(session_->get(), entry)) {
            const std::unique_ptr<berval*, FreeLdap> found(
                ldap_get_values_len(session_->get(), entry, settings_.attribute.c_str()));
            for (auto** value = found.get(); value != nullptr && *value != nullptr; ++value) {
                if (auto added = values.add({(*value)->bv_val, (*value)->bv_len}); !added)
                    return failure(AskFailure{ConnectionState::Usable, std::move(added).error()});
            }
        }
        return values.take();
    }

    // Of the server's own codes some say that it will end the connection.
    Asked failed(int code) const {
        const bool is_lost =
            code < 0 || code == LDAP_UNAVAILABLE || code == LDAP_BUSY || code == LDAP_STRONG_AUTH_REQUIRED;
        return failure(
            AskFailure{is_lost ? ConnectionState::Lost : ConnectionState::Usable, session_->describe(code)});
    }

    std::unique_ptr<LdapSession> session_;
    LdapTableSettings settings_;
};

// Of one host.
Result<std::unique_ptr<TableConnection>, std::string> connect(const LdapTableSettings& settings,
                                                              const std::string& uri,
                                                              LookupDeadline deadline) {
    TRY(session, LdapSession::open(settings, uri, deadline));
    return std::make_unique<LdapConnection>(std::move(session), settings);
}

}  // namespace

std::shared_ptr<Table> make_ldap_table(const LdapTableSettings& settings) {
    prepare_ldap();
    return std::make_shared<DatabaseTable>(
        settings.name, settings.time_max, [settings, uris = words(settings.uri)](LookupDeadline deadline) {
            return connect_to_any<std::string, TableConnection>(
                uris, deadline,
                [&](const std::string& uri, LookupDeadline share) { return connect(settings, uri, share); });
        });
}

}  // namespace cursus
