// Comparing passwords costs as much as it is meant to: it is done on the pool, a few at once, so that neither
// reactors nor others who use the pool wait for it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "accounts/turns.h"
#include "accounts/user_line.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr std::size_t passwords_at_once_max = 2;    // the pool has four threads
inline constexpr std::size_t passwords_waiting_max = 200;  // some seconds' work

class PasswordWork {
public:
    using Compare = std::function<Result<bool, std::string>(const AccountSecrets&, const std::string&)>;

    explicit PasswordWork(Offload& pool, Compare compare = fits)
        : pool_(pool), compare_(std::move(compare)) {}

    // The password is prepared, and wiped. The error is for people, and temporary.
    Task<Result<bool, std::string>> fits_now(std::shared_ptr<const AccountSecrets> secrets,
                                             std::string password);

private:
    Offload& pool_;
    Compare compare_;
    Turns turns_{passwords_at_once_max, passwords_waiting_max};
};

}  // namespace cursus
