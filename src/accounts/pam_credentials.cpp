#include "accounts/pam_credentials.h"

#include <fmt/format.h>

#include "accounts/account_name.h"
#include "accounts/user_line.h"
#include "base/wipe.h"

namespace cursus {

// The password as it came: what the system's own programs make of one, they make of it unprepared.
Task<Result<std::optional<std::string>, CredentialTrouble>> PamCredentials::check(LoginClaim claim,
                                                                                  const LoginScene& scene) {
    const WipedAtEnd wiped(claim.password);
    auto name = account_name(claim.account);
    const std::string& password = claim.password;
    const bool is_password =
        !password.empty() && password.size() <= pam_password_octets_max && !password.contains('\0');
    if (!name || !can_be_pam_user(*name) || !is_password) co_return std::nullopt;
    const auto turn = co_await turns_.take();
    if (!turn)
        co_return failure(CredentialTrouble{fmt::format("PAM: {} wait for it already", pam_waiting_max)});
    const IpAddress& client = scene.client.address;
    PamQuestion question{service_, *std::move(name), password,
                         client.is_unspecified() ? std::string() : client.text()};
    const auto answer = co_await deputy_.ask_pam(std::move(question));
    if (!answer) co_return failure(CredentialTrouble{answer.error()});
    if (!answer->may_log_in) co_return std::nullopt;
    auto account = account_name(answer->user);
    if (!account) co_return failure(CredentialTrouble{"PAM: it lets somebody in whose name is none"});
    co_return account;
}

Task<Result<std::optional<ScramKeys>, CredentialTrouble>> PamCredentials::keys(std::string, ScramHash) {
    co_return std::nullopt;
}

}  // namespace cursus
