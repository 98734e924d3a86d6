// EXTERNAL, RFC 4422 appendix A: the client's certificate says who it is.
#pragma once

#include <memory>

#include "accounts/authenticator.h"

namespace cursus {

// The account is a name in the certificate: the one that the client asks for, or else the first.
std::unique_ptr<SaslExchange> begin_external(LoginScene scene);
bool can_be_external(const LoginScene& scene);

}  // namespace cursus
