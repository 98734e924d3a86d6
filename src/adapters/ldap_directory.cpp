#include "adapters/ldap_directory.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/ldap_session.h"
#include "adapters/table_values.h"
#include "adapters/timed_pool.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/wipe.h"
#include "base/words.h"

namespace cursus {
namespace {

using Verdict = Result<std::optional<std::string>, std::string>;
using Text = std::unique_ptr<char, FreeLdap>;

// One more than there may be.
constexpr int asked_entries_max = 2;

class LdapDirectory final : public Directory {
public:
    explicit LdapDirectory(const LdapTableSettings& settings)
        : settings_(settings),
          uris_(words(settings.uri)),
          pool_({table_threads, lookups_max, settings.time_max},
                [this](const std::string& why) { return trouble(why); }) {}

    Task<Verdict> authenticate(std::string name, std::string password) override {
        const WipedAtEnd wiped(password);
        if (!can_be_key(name) || password.empty()) co_return std::nullopt;
        TimedPool<Verdict>::Work work = [this, who = std::move(name),
                                         said = password](LookupDeadline deadline) mutable {
            const WipedAtEnd wiped_copy(said);
            return look(who, said, deadline);
        };
        co_return co_await pool_.run(std::move(work));
    }

private:
    struct Entry {
        std::string dn, account;
    };

    Verdict trouble(const std::string& why) const {
        return failure(fmt::format("directory {}: {}", settings_.name, printable(why)));
    }
    Verdict look(const std::string& name, std::string& password, LookupDeadline deadline);
    Result<std::unique_ptr<LdapSession>, std::string> connect(LookupDeadline deadline);
    Result<std::optional<Entry>, std::string> find(LdapSession& session, const std::string& name,
                                                   LookupDeadline deadline) const;
    Result<std::string, std::string> account_in(const LdapSession& session, LDAPMessage* entry,
                                                const std::string& name) const;

    LdapTableSettings settings_;
    std::vector<std::string> uris_;
    ConnectPause pause_;
    TimedPool<Verdict> pool_;  // the last: its threads use all of the above
};

Result<std::unique_ptr<LdapSession>, std::string> LdapDirectory::connect(LookupDeadline deadline) {
    if (auto why = pause_.reason()) return failure(*std::move(why));
    auto session = connect_to_any<std::string, LdapSession>(
        uris_, deadline, [this](const std::string& uri, LookupDeadline share) {
            return LdapSession::open(settings_, uri, share);
        });
    if (session)
        pause_.succeeded();
    else
        pause_.failed(session.error());
    return session;
}

// Who the entry is: the directory compares names as it likes, and what is counted and allowed by name here
// must not depend on how somebody writes theirs.
Result<std::string, std::string> LdapDirectory::account_in(const LdapSession& session, LDAPMessage* entry,
                                                           const std::string& name) const {
    const std::unique_ptr<berval*, FreeLdap> found(
        ldap_get_values_len(session.get(), entry, settings_.attribute.c_str()));
    std::vector<std::string> values;
    for (auto** value = found.get(); value != nullptr && *value != nullptr; ++value)
        values.emplace_back((*value)->bv_val, (*value)->bv_len);
    for (const auto& value : values)
        if (equal_ignoring_case(value, name)) return value;
    if (values.size() == 1) return values.front();
    return failure(fmt::format("the entry of {} has {} values of {}, none of which is that name", name,
                               values.size(), settings_.attribute));
}

Result<std::optional<LdapDirectory::Entry>, std::string> LdapDirectory::find(LdapSession& session,
                                                                             const std::string& name,
                                                                             LookupDeadline deadline) const {
    const auto result = session.search(settings_, name, asked_entries_max, deadline);
    if (!result && result.error() != LDAP_SIZELIMIT_EXCEEDED)
        return failure(session.describe(result.error()));
    const int count = result ? ldap_count_entries(session.get(), result->get()) : asked_entries_max;
    if (count > 1) return failure(fmt::format("the filter finds several entries of {}", name));
    if (count <= 0) return std::nullopt;
    LDAPMessage* const entry = ldap_first_entry(session.get(), result->get());
    const Text dn(ldap_get_dn(session.get(), entry));
    // RFC 4513 §5.1.2: without a name it would not be checked at all.
    if (!dn || *dn == '\0') return failure(fmt::format("the entry of {} has no name", name));
    TRY(account, account_in(session, entry, name));
    return Entry{dn.get(), std::move(account)};
}

// Where there is no entry, the same is done in vain, so that it takes as long.
Verdict LdapDirectory::look(const std::string& name, std::string& password, LookupDeadline deadline) {
    auto session = connect(deadline);
    if (!session) return trouble(session.error());
    const auto entry = find(**session, name, deadline);
    if (!entry) return trouble(entry.error());
    const std::string dn = *entry ? (*entry)->dn : "cn=nobody at all," + settings_.base;
    const int code = (*session)->bind(dn, password, deadline);
    // RFC 4511 appendix A.2: the second says that no password is kept for the entry.
    const bool is_about_the_entry = code == LDAP_INVALID_CREDENTIALS || code == LDAP_INAPPROPRIATE_AUTH;
    const bool is_an_answer = code == LDAP_SUCCESS || is_about_the_entry || (code > 0 && !*entry);
    if (!is_an_answer) return trouble((*session)->describe(code));
    if (code != LDAP_SUCCESS || !*entry) return std::nullopt;
    return (*entry)->account;
}

}  // namespace

std::shared_ptr<Directory> make_ldap_directory(const LdapTableSettings& settings) {
    prepare_ldap();
    return std::make_shared<LdapDirectory>(settings);
}

}  // namespace cursus
