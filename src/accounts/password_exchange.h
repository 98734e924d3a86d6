// PLAIN, RFC 4616, and LOGIN, what came before it: the client shows its password.
#pragma once

#include <memory>
#include <string>

#include "accounts/authenticator.h"
#include "accounts/credentials.h"

namespace cursus {

std::unique_ptr<SaslExchange> begin_plain(Credentials& credentials, LoginScene scene);
std::unique_ptr<SaslExchange> begin_login(Credentials& credentials, LoginScene scene);

}  // namespace cursus
