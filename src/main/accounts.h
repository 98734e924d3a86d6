// What [auth] users names, opened.
#pragma once

#include <memory>
#include <string>

#include "accounts/authenticator.h"
#include "accounts/credentials.h"
#include "base/result.h"
#include "config/settings.h"
#include "route/file_table.h"
#include "runtime/table.h"

namespace cursus {

// Passwords, tokens and certificates, as far as the configuration has them. A store that is away is no error
// here: it is trouble for whoever logs in, until it is back. `settings` outlive what is opened. The error is
// a sentence: what is configured can never work.
Result<std::unique_ptr<Authenticator>, std::string> open_accounts(const Settings& settings,
                                                                  const Tables& tables,
                                                                  const FileTableNeeds& needs);

}  // namespace cursus
