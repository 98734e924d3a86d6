#include "main/accounts.h"

#include <algorithm>
#include <utility>

#include "accounts/account_authenticator.h"
#include "accounts/directory_credentials.h"
#include "accounts/dovecot_authenticator.h"
#include "accounts/introspection.h"
#include "accounts/joint_authenticator.h"
#include "accounts/pam_credentials.h"
#include "accounts/signed_tokens.h"
#include "accounts/table_credentials.h"
#include "accounts/users_file.h"
#include "adapters/ldap_directory.h"
#include "main/tables.h"

namespace cursus {
namespace {

class UsersContent final : public FileContent {
public:
    explicit UsersContent(UsersFile file) : file_(std::move(file)) {}
    std::optional<FileRow> find(std::string_view key) const override {
        const auto* account = file_.find(key);
        if (account == nullptr) return std::nullopt;
        return FileRow{account->fields, account->line};
    }

private:
    UsersFile file_;
};

Result<ParsedFile, TargetError> parse_users(KnownForms& forms, const std::string& text) {
    UsersFile file(text);
    forms.set(file.forms());
    std::vector<TargetError> warnings;
    for (const auto& warning : file.warnings()) warnings.push_back({warning.line, warning.what});
    return ParsedFile{std::make_shared<UsersContent>(std::move(file)), std::move(warnings)};
}

std::unique_ptr<Credentials> users_file(const std::string& path, const FileTableNeeds& needs) {
    auto forms = std::make_shared<KnownForms>(AccountForms{});
    auto table = std::make_shared<FileTable>(
        needs, path, path, [forms](const std::string& text) { return parse_users(*forms, text); });
    return std::make_unique<TableCredentials>(needs.world.offload, std::move(table), std::move(forms),
                                              FormsKeeper::Table);
}

// Whether all rows of a table have keys, only the operator knows.
AccountForms forms_told(const std::vector<Mechanism>& mechanisms) {
    const auto names = [&](Mechanism one, Mechanism other) {
        return std::ranges::find_first_of(mechanisms, std::array{one, other}) != mechanisms.end();
    };
    return {names(Mechanism::ScramSha1, Mechanism::ScramSha1Plus),
            names(Mechanism::ScramSha256, Mechanism::ScramSha256Plus)};
}

// One of the two, or neither: nobody is kept anywhere. Mechanisms are ours where credentials are, and the
// other's where it carries an exchange out itself.
struct Stores {
    std::unique_ptr<Credentials> credentials;
    std::unique_ptr<Authenticator> authenticator;
};

// Tables are there: the configuration was checked.
Stores open_stores(const Settings& settings, const Tables& tables, const FileTableNeeds& needs) {
    const auto& [kind, what] = settings.auth.users;
    switch (kind) {
        case AccountStore::None:
            return {};
        case AccountStore::File:
            return {users_file(what, needs), nullptr};
        case AccountStore::Table:
            return {
                std::make_unique<TableCredentials>(
                    needs.world.offload, tables.find(what)->second,
                    std::make_shared<KnownForms>(forms_told(settings.auth.mechanisms)), FormsKeeper::Nobody),
                nullptr};
        case AccountStore::Ldap:
            return {std::make_unique<DirectoryCredentials>(make_ldap_directory(
                        ldap_settings(*std::ranges::find(settings.tables, what, &TableSettings::name)))),
                    nullptr};
        case AccountStore::Pam:
            return {std::make_unique<PamCredentials>(needs.world.deputy, what), nullptr};
        case AccountStore::Dovecot:
            return {nullptr, std::make_unique<DovecotAuthenticator>(needs.world, settings.auth)};
    }
    std::unreachable();
}

using OpenedTokens = Result<std::unique_ptr<TokenChecker>, std::string>;
OpenedTokens open_tokens(const OauthSettings& settings, const FileTableNeeds& needs) {
    if (!settings.keys.empty()) return std::make_unique<SignedTokens>(needs.world, needs.events, settings);
    if (settings.introspection.empty()) return nullptr;
    TRY(introspection, Introspection::make(needs.world, settings));
    return introspection;
}

}  // namespace

Result<std::unique_ptr<Authenticator>, std::string> open_accounts(const Settings& settings,
                                                                  const Tables& tables,
                                                                  const FileTableNeeds& needs) {
    TRY(tokens, open_tokens(settings.auth.oauth, needs));
    Stores stores = open_stores(settings, tables, needs);
    auto own = std::make_unique<AccountAuthenticator>(settings.auth, std::move(stores.credentials),
                                                      std::move(tokens), needs.world.random);
    if (!stores.authenticator) return own;
    return std::make_unique<JointAuthenticator>(std::move(own), std::move(stores.authenticator));
}

}  // namespace cursus
