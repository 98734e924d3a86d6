#include "accounts/password_work.h"

#include <fmt/format.h>

#include "base/wipe.h"
#include "runtime/offload.h"

namespace cursus {

Task<Result<bool, std::string>> PasswordWork::fits_now(std::shared_ptr<const AccountSecrets> secrets,
                                                       std::string password) {
    const WipedAtEnd wiped(password);
    const auto turn = co_await turns_.take();
    if (!turn)
        co_return failure(fmt::format("{} passwords wait to be compared already", passwords_waiting_max));
    co_return co_await offload(pool_, [&] { return compare_(*secrets, password); });
}

}  // namespace cursus
