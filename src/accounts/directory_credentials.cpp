#include "accounts/directory_credentials.h"

#include "accounts/account_name.h"
#include "accounts/password_hash.h"
#include "accounts/user_line.h"
#include "base/wipe.h"

namespace cursus {

// RFC 4513 §5.1.3: clients prepare passwords that are text. An empty one would be no authentication at all,
// and well received (§5.1.2).
Task<Result<std::optional<std::string>, CredentialTrouble>> DirectoryCredentials::check(LoginClaim claim,
                                                                                        const LoginScene&) {
    const WipedAtEnd wiped(claim.password);
    auto name = account_name(claim.account);
    auto password = prepared_password(claim.password);
    if (!name || !password) co_return std::nullopt;
    auto found = co_await directory_->authenticate(*std::move(name), *std::move(password));
    if (!found) co_return failure(CredentialTrouble{std::move(found).error()});
    if (!*found) co_return std::nullopt;
    auto account = account_name(**found);
    if (!account) co_return failure(CredentialTrouble{"a directory lets somebody in whose name is none"});
    co_return account;
}

Task<Result<std::optional<ScramKeys>, CredentialTrouble>> DirectoryCredentials::keys(std::string, ScramHash) {
    co_return std::nullopt;
}

}  // namespace cursus
