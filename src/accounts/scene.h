// What may be said on a connection.
#pragma once

#include "accounts/authenticator.h"
#include "config/settings.h"

namespace cursus {

// Whether a client may be asked for a secret itself (mail/mechanism.h, shows_secret): nobody listens in, by
// TLS, or, if the operator says so, because client and server are one host.
bool may_show_secrets(const LoginScene& scene, const AuthSettings& settings);

}  // namespace cursus
