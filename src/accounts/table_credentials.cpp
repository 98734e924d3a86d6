#include "accounts/table_credentials.h"

#include <utility>

#include <fmt/format.h>

#include "accounts/account_name.h"
#include "accounts/password_hash.h"
#include "base/wipe.h"

namespace cursus {

TableCredentials::TableCredentials(Offload& pool, std::shared_ptr<Table> table,
                                   std::shared_ptr<KnownForms> forms, FormsKeeper keeper,
                                   PasswordWork::Compare compare)
    : work_(pool, std::move(compare)), table_(std::move(table)), forms_(std::move(forms)), keeper_(keeper) {}

// A table that is a file is read when it is asked, and only if it has changed. The answer is nobody's.
Task<void> TableCredentials::refresh() {
    if (keeper_ != FormsKeeper::Table) co_return;
    [[maybe_unused]] const auto nobody = co_await table_->find(std::string());
}

Task<TableCredentials::Found> TableCredentials::find(std::string name) {
    const auto answer = co_await table_->find(std::move(name));
    if (!answer) co_return failure(CredentialTrouble{answer.error().why});
    if (!*answer) co_return Secrets();
    auto secrets = parse_secrets((*answer)->value);
    if (!secrets)
        co_return failure(CredentialTrouble{fmt::format("{}: {}", (*answer)->place, secrets.error())});
    auto kept = std::make_shared<const AccountSecrets>(*std::move(secrets));
    if (keeper_ == FormsKeeper::Nobody) forms_->set_usual(kept);
    co_return kept;
}

// What an unknown account is compared with: what the others have, or what `cursus user` makes.
TableCredentials::Secrets TableCredentials::usual() const {
    static const auto otherwise =
        std::make_shared<const AccountSecrets>(AccountSecrets{"$y$j9T$0123456789ABCDEFGHIJK.$", {}, {}});
    auto known = forms_->get().usual;
    return known ? known : otherwise;
}

// What cannot be anybody's name or password is refused without work, which says nothing of who is there.
Task<Result<std::optional<std::string>, CredentialTrouble>> TableCredentials::check(LoginClaim claim,
                                                                                    const LoginScene&) {
    const WipedAtEnd wiped(claim.password);
    auto name = account_name(claim.account);
    auto password = prepared_password(claim.password);
    if (!name || !password) co_return std::nullopt;
    auto secrets = co_await find(*name);
    if (!secrets) co_return failure(std::move(secrets).error());
    const bool is_known = *secrets != nullptr;
    Secrets compared = is_known ? *secrets : usual();
    const auto fitting = co_await work_.fits_now(std::move(compared), *std::move(password));
    if (!fitting)
        co_return failure(CredentialTrouble{fmt::format("{}: {}", table_->name(), fitting.error())});
    if (!is_known || !*fitting) co_return std::nullopt;
    co_return *std::move(name);
}

Task<Result<std::optional<ScramKeys>, CredentialTrouble>> TableCredentials::keys(std::string account,
                                                                                 ScramHash hash) {
    auto name = account_name(account);
    if (!name) co_return std::nullopt;
    auto secrets = co_await find(*std::move(name));
    if (!secrets) co_return failure(std::move(secrets).error());
    if (*secrets == nullptr) co_return std::nullopt;
    co_return (*secrets)->keys(hash);
}

}  // namespace cursus
