// Accounts in a table, whatever holds it: the users file, SQL, cdb. The key is the account, the value what
// accounts/user_line.h reads.
#pragma once

#include <memory>

#include "accounts/credentials.h"
#include "accounts/known_forms.h"
#include "accounts/password_work.h"
#include "runtime/table.h"

namespace cursus {

// Whether the table sets what is known of its accounts as it reads them (the users file), or nobody does.
enum class FormsKeeper : std::uint8_t { Table, Nobody };

class TableCredentials final : public Credentials {
public:
    TableCredentials(Offload& pool, std::shared_ptr<Table> table, std::shared_ptr<KnownForms> forms,
                     FormsKeeper keeper, PasswordWork::Compare compare = fits);

    bool checks_passwords() const override { return true; }
    bool has_keys(ScramHash hash) const override { return forms_->get().all_have(hash); }
    Task<void> refresh() override;
    Task<Result<std::optional<std::string>, CredentialTrouble>> check(LoginClaim claim,
                                                                      const LoginScene& scene) override;
    Task<Result<std::optional<ScramKeys>, CredentialTrouble>> keys(std::string account,
                                                                   ScramHash hash) override;

private:
    using Secrets = std::shared_ptr<const AccountSecrets>;
    using Found = Result<Secrets, CredentialTrouble>;  // null: there is no such account

    Task<Found> find(std::string name);
    Secrets usual() const;

    PasswordWork work_;
    std::shared_ptr<Table> table_;
    std::shared_ptr<KnownForms> forms_;
    FormsKeeper keeper_;
};

}  // namespace cursus
