// What sessions ask about who may log in, and what whoever has done so may do.
#pragma once

#include "accounts/account_limits.h"
#include "accounts/authenticator.h"
#include "accounts/login_guard.h"
#include "policy/sender_rights.h"

namespace cursus {

// Shared by all sessions. Everything outlives them.
struct Access {
    Authenticator* authenticator;  // null: there are no accounts
    LoginGuard& guard;
    AccountLimits& limits;
    const SenderRights& senders;
};

}  // namespace cursus
