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

// One of the two, or neither: nobody is kept anywhere. Mechanisms are ours where credentials are, and the
// other's where it carries an exchange out itself.
struct AccountStores {
    std::unique_ptr<Credentials> credentials;
    std::unique_ptr<Authenticator> authenticator;
};

// A store that is away is no error here: it is trouble for whoever logs in, until it is back. `settings`
// outlive what is opened.
AccountStores open_accounts(const Settings& settings, const Tables& tables, const FileTableNeeds& needs);

}  // namespace cursus
