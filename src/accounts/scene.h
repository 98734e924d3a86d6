// Where a client may show its password.
#pragma once

#include "accounts/authenticator.h"
#include "config/settings.h"

namespace cursus {

// Inside TLS; and to this very host, where the operator asked for it. Whoever listens in elsewhere would have
// the password.
bool may_show_secrets(const LoginScene& scene, const AuthSettings& settings);

}  // namespace cursus
